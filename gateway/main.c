/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_sandbox.h"
#include "gateway/cli/cli.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	/* The sandboxed child that reads mail from outside; its socket's number is the argument. */
	if (argc == 3 && strcmp(argv[1], "mail-parser") == 0)
		return email_parser_main(atoi(argv[2]));
	return cli_main(argc, argv);
}
