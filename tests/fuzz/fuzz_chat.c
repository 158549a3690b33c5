/* SPDX-License-Identifier: Apache-2.0 */
/* Client frames of usher-chat.v1; what is taken must come out of the writer unchanged. */
#include "channels/chat/chat_format.h"
#include "channels/chat/chat_parse.h"
#include "tests/channels/live/replay.h"

static void check_text(struct usher_text text)
{
	struct usher_buf clean = {0}, frame = {0};
	struct json_t *tree;
	struct usher_text back;
	size_t characters = chat_clean(text, &clean);
	MUST(characters <= clean.n && clean.n <= text.n);
	MUST(text_is_utf8(buf_text(&clean)));
	struct contact_message m = {.kind = MESSAGE_TEXT, .seq = 1, .body = buf_text(&clean)};
	chat_format_event(&frame, &m, "id", TEXT("cid"));
	MUST(json_in(&tree, buf_text(&frame), NULL) == 0);
	MUST(json_in_text(tree, "text", frame.n, &back) == 0);
	MUST(text_equal(back, buf_text(&clean)));
	json_in_free(tree);
	buf_done(&clean);
	buf_done(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct chat_frame f;
	struct usher_error err = {0};
	if (chat_parse(text_slice(bytes, n), &f, &err) < 0) {
		MUST(err.code == E_INVALID && err.text[0] != '\0');
		return 0;
	}
	MUST(f.kind >= CHAT_HELLO && f.kind <= CHAT_OTHER);
	MUST(f.cid.n <= CHAT_CID_BYTES_MAX && f.seq >= 0 && f.resume_seq >= 0);
	MUST(f.is_token_bad || f.visitor.n == 0 || f.visitor.n == CHAT_TOKEN_BYTES);
	MUST(f.name.n <= 100 && f.page_url.n <= 300);
	if (f.kind == CHAT_SEND)
		check_text(f.text);
	chat_frame_done(&f);
	return 0;
}

int main(void)
{
	return replay_main("chat");
}
