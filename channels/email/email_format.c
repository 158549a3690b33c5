/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_format.h"

#include "channels/email/email_address.h"
#include "channels/email/email_encode.h"
#include "channels/email/email_text.h"
#include "channels/email/mail.h"

void email_thread_add(struct email_thread *t, struct usher_text id)
{
	if (id.n == 0)
		return;
	for (int i = 0; i < t->ref_count; i++)
		if (text_equal(t->refs[i], id))
			return;
	if (t->ref_count == EMAIL_REFS_OUT_MAX) {
		memmove(&t->refs[1], &t->refs[2], (EMAIL_REFS_OUT_MAX - 2) * sizeof t->refs[0]);
		t->ref_count--;
	}
	t->refs[t->ref_count++] = id;
}

static struct usher_text without_answer_marks(struct usher_text subject)
{
	static const char *const marks[] = {
		"re:", "vs:", "sv:", "aw:", "antw:", "vast:", "ref:", NULL};
	for (bool is_cut = true; is_cut;) {
		is_cut = false;
		subject = text_trim(subject);
		for (int i = 0; marks[i] != NULL; i++) {
			struct usher_text mark = text_of(marks[i]);
			if (subject.n >= mark.n &&
			    text_equal_nocase(text_slice(subject.p, mark.n), mark)) {
				subject = text_slice(subject.p + mark.n, subject.n - mark.n);
				is_cut = true;
			}
		}
	}
	return subject;
}

/* Takes the number of this contact out, so that it can be put once at the end. */
static struct usher_text without_number(struct usher_text subject, struct usher_text number,
					struct arena *arena)
{
	const char *at = subject.n > 0 ? memmem(subject.p, subject.n, number.p, number.n) : NULL;
	if (at == NULL)
		return subject;
	size_t before = (size_t)(at - subject.p);
	struct usher_text first = text_trim(text_slice(subject.p, before));
	struct usher_text rest = text_slice(at + number.n, subject.n - before - number.n);
	return arena_textf(arena, "%.*s %.*s", TEXT_ARG(first), TEXT_ARG(text_trim(rest)));
}

struct usher_text email_format_subject(struct usher_text subject, int64_t contact_number,
				       bool is_answer, struct arena *arena)
{
	struct usher_text number = arena_textf(arena, "[C-%lld]", (long long)contact_number);
	struct usher_text words = email_text_line(arena, subject, MAIL_SUBJECT_BYTES_MAX - 40);
	words = without_answer_marks(without_number(words, number, arena));
	if (contact_number <= 0)
		number = TEXT_NONE;
	return text_trim(arena_textf(arena, "%s%.*s%s%.*s", is_answer ? "Re: " : "",
				     TEXT_ARG(words), words.n > 0 ? " " : "", TEXT_ARG(number)));
}

static int check_addresses(const struct outgoing *out, const struct email_identity *identity,
			   struct usher_error *reterr)
{
	if (!email_address_check(out->address))
		return usher_error_set(
			reterr, E_INVALID, "mail: \"%.*s\" is no address a mail can be sent to",
			(int)text_fit(out->address, 100), out->address.n > 0 ? out->address.p : "");
	if (!email_address_check(identity->address))
		return usher_error_set(reterr, E_INVALID, "mail: the channel's own address is bad");
	return 0;
}

int email_format(const struct outgoing *out, const struct email_identity *identity,
		 const struct email_thread *thread, struct usher_buf *ret,
		 struct usher_error *reterr)
{
	int code = check_addresses(out, identity, reterr);
	if (code < 0)
		return code;
	struct arena arena = {0};
	bool is_answer = thread->in_reply_to.n > 0;
	struct usher_text id = email_token_message_id(&identity->key, out->message, out->contact,
						      identity->domain, &arena);
	email_put_date_header(ret, out->at_us);
	email_put_mailbox_header(ret, "From", identity->name, identity->address);
	email_put_mailbox_header(ret, "To", email_text_line(&arena, out->name, 200), out->address);
	email_put_mailbox_header(
		ret, "Reply-To", identity->name,
		email_token_address(&identity->key, identity->address, out->contact, &arena));
	email_put_header(
		ret, "Subject",
		email_format_subject(out->subject, out->contact_number, is_answer, &arena));
	email_put_ids_header(ret, "Message-ID", &id, 1);
	if (is_answer)
		email_put_ids_header(ret, "In-Reply-To", &thread->in_reply_to, 1);
	if (thread->ref_count > 0)
		email_put_ids_header(ret, "References", thread->refs, thread->ref_count);
	buf_adds(ret, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		      "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	email_put_quoted(ret, email_text_clean(&arena, out->body, 4 * MAIL_TEXT_BYTES_MAX, NULL));
	arena_done(&arena);
	return 0;
}
