/* SPDX-License-Identifier: Apache-2.0 */
/* Apart from email_parse.c because the gateway's own process calls it: no library of hostile size.
 */
#include "channels/email/email_parse.h"

#include "channels/email/email_address.h"
#include "channels/email/email_automatic.h"
#include "channels/email/email_text.h"

#define SHOWN_BYTES ((size_t)64 * 1024)

static void look_at_headers(struct usher_text raw, struct arena *arena, struct mail *ret)
{
	struct mail_header h;
	struct usher_text head = text_slice(raw.p, raw.n < SHOWN_BYTES ? raw.n : SHOWN_BYTES);
	for (int i = 0; i < 500 && email_header_next(&head, &h); i++) {
		bool is_from = text_equal_nocase(h.name, TEXT("From"));
		if (is_from && ret->from.address.n == 0)
			ret->from.address =
				email_address_normal(arena, email_address_find(h.value));
		if (text_equal_nocase(h.name, TEXT("Message-ID")) && ret->message_id.n == 0)
			ret->message_id = arena_text(arena, email_text_next_id(&h.value));
		if (text_equal_nocase(h.name, TEXT("In-Reply-To")) && ret->in_reply_to.n == 0)
			ret->in_reply_to = arena_text(arena, email_text_next_id(&h.value));
		if (text_equal_nocase(h.name, TEXT("Auto-Submitted")) &&
		    !text_equal_nocase(h.value, TEXT("no")))
			ret->automatic = TEXT("Auto-Submitted");
	}
}

void email_unreadable(struct usher_text raw, const char *why, struct arena *arena, struct mail *ret)
{
	*ret = (struct mail){.is_unreadable = true};
	look_at_headers(raw, arena, ret);
	bool is_cut = raw.n > SHOWN_BYTES;
	struct usher_text shown = text_slice(raw.p, is_cut ? SHOWN_BYTES : raw.n);
	shown = email_text_clean(arena, shown, 3 * SHOWN_BYTES, &is_cut);
	struct usher_text reason = email_text_line(arena, text_of(why), 200);
	ret->subject = TEXT("(unreadable message)");
	ret->is_cut = is_cut;
	if (raw.n == 0)
		ret->body = arena_textf(arena,
					"A message could not be fetched (%.*s). It is still in the "
					"mailbox.",
					TEXT_ARG(reason));
	else
		ret->body = arena_textf(arena,
					"This message could not be read (%.*s). The whole of it is "
					"kept as it came; it begins:\n\n%.*s",
					TEXT_ARG(reason), TEXT_ARG(shown));
}
