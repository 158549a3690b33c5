/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/channel.h"
#include "gateway/cli/cli.h"

int main(int argc, char **argv)
{
	for (int i = 0; argc == 2 && channel_drivers[i] != NULL; i++)
		if (channel_drivers[i]->child != NULL && strcmp(argv[1], channel_drivers[i]->child) == 0)
			return channel_drivers[i]->child_main();
	return cli_main(argc, argv);
}
