/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_sandbox.h"
#include "gateway/cli/cli.h"

#include <string.h>

int main(int argc, char **argv)
{
	/* The sandboxed child that reads mail from outside. */
	if (argc == 2 && strcmp(argv[1], "mail-parser") == 0)
		return email_parser_main(SANDBOX_FD);
	return cli_main(argc, argv);
}
