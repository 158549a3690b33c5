/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int fault(struct usher_error *reterr, const char *what, const char *path)
{
	return usher_error_set(reterr, E_IO, "maildir: %s %s: %s", what, path, strerror(errno));
}

/* Each directory on the way, as mkdir -p. */
static int make_directory(const char *path)
{
	char part[1024];
	int n = snprintf(part, sizeof part, "%s", path);
	if (n < 0 || (size_t)n >= sizeof part) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (char *p = part + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return mkdir(part, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

static int write_all(int fd, struct usher_text mail)
{
	while (mail.n > 0) {
		ssize_t n = write(fd, mail.p, mail.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		mail = text_slice(mail.p + n, mail.n - (size_t)n);
	}
	return fsync(fd);
}

static int write_file(const char *path, struct usher_text mail)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	int result = write_all(fd, mail);
	return close(fd) < 0 ? -1 : result;
}

static int sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int result = fsync(fd);
	close(fd);
	return result;
}

int email_maildir_put(const char *dir, const char *name, struct usher_text mail,
		      struct usher_error *reterr)
{
	static const char *const parts[] = {"tmp", "new", "cur"};
	char path[3][1200], fresh[1500], final[1500], read[1500];
	for (int i = 0; i < 3; i++) {
		snprintf(path[i], sizeof path[i], "%s/%s", dir, parts[i]);
		if (make_directory(path[i]) < 0)
			return fault(reterr, "cannot make", path[i]);
	}
	snprintf(fresh, sizeof fresh, "%s/%s", path[0], name);
	snprintf(final, sizeof final, "%s/%s", path[1], name);
	snprintf(read, sizeof read, "%s/%s:2,S", path[2], name);
	if (access(final, F_OK) == 0 || access(read, F_OK) == 0)
		return 0;
	if (write_file(fresh, mail) < 0)
		return fault(reterr, "cannot write", fresh);
	if (rename(fresh, final) < 0)
		return fault(reterr, "cannot rename to", final);
	if (sync_directory(path[1]) < 0)
		return fault(reterr, "cannot sync", path[1]);
	return 0;
}
