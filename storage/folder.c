/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/folder.h"

#include "routing/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_sync(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return r;
}

int folder_sync_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return folder_sync(".");
	size_t n = (size_t)(slash - path);
	char *folder = memory_copy(n > 0 ? text_slice(path, n) : TEXT("/"));
	int r = folder_sync(folder);
	free(folder);
	return r;
}

int folder_make(const char *folder)
{
	if (mkdir(folder, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	return folder_sync_of(folder);
}
