/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "channels/email/email_codec.h"
#include "channels/email/email_html.h"
#include "channels/email/email_text.h"
#include "tests/channels/email/corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

struct usher_text corpus_read(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	struct usher_buf b = {0};
	char block[65536];
	size_t n;
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(&b, block, n);
	fclose(f);
	size_t bytes = b.n;
	return text_slice(buf_take(&b), bytes);
}

static int visit(const char *path, const char *suffix, corpus_on_file on_file, void *arg)
{
	struct dirent **names;
	int count = scandir(path, &names, NULL, alphasort), files = 0;
	for (int i = 0; i < count; i++) {
		char *child = NULL;
		struct stat st;
		size_t n = strlen(names[i]->d_name), m = strlen(suffix);
		bool is_hidden = names[i]->d_name[0] == '.';
		if (!is_hidden && asprintf(&child, "%s/%s", path, names[i]->d_name) > 0 &&
		    stat(child, &st) == 0) {
			if (S_ISDIR(st.st_mode)) {
				files += visit(child, suffix, on_file, arg);
			} else if (n >= m && strcmp(names[i]->d_name + n - m, suffix) == 0) {
				struct usher_text bytes = corpus_read(child);
				on_file(child, bytes, arg);
				free((char *)(uintptr_t)bytes.p);
				files++;
			}
		}
		free(child);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return files;
}

int corpus_each(const char *dir, const char *suffix, corpus_on_file on_file, void *arg)
{
	char path[1024];
	if (shared_dir() == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/%s", shared_dir(), dir);
	struct stat st;
	if (stat(path, &st) != 0)
		return -1;
	return visit(path, suffix, on_file, arg);
}

static void check_text(const char *path, const char *what, struct usher_text t, bool is_line)
{
	if (!email_text_is_clean(t, is_line))
		fail_msg("%s: %s is not clean UTF-8", path, what);
}

void corpus_check_mail(const char *path, const struct mail *mail)
{
	check_text(path, "subject", mail->subject, true);
	check_text(path, "from name", mail->from.name, true);
	check_text(path, "from address", mail->from.address, true);
	check_text(path, "body", mail->body, false);
	check_text(path, "html", mail->html, false);
	for (int i = 0; i < mail->attachment_count; i++)
		check_text(path, "attachment name", mail->attachments[i].name, true);
	if (!email_html_is_safe(mail->html))
		fail_msg("%s: html is not what the cleaner writes", path);
	struct usher_buf one = {0}, two = {0};
	struct arena arena = {0};
	struct usher_error err = {0};
	struct mail *again = ARENA_NEW(&arena, struct mail);
	email_encode(mail, &one);
	if (email_decode(buf_text(&one), &arena, again, &err) < 0)
		fail_msg("%s: %s", path, err.text);
	email_encode(again, &two);
	assert_true(text_equal(buf_text(&one), buf_text(&two)));
	buf_done(&one);
	buf_done(&two);
	arena_done(&arena);
}
