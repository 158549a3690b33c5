/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/turn.h"

#include "channels/sign.h"

void turn_credential(struct usher_text secret, struct usher_text user, int64_t expires_s,
		     struct usher_buf *ret_username, struct usher_buf *ret_credential)
{
	unsigned char mac[SIGN_SHA1_BYTES];
	size_t from = ret_username->n;
	buf_addf(ret_username, "%lld:%.*s", (long long)expires_s, TEXT_ARG(user));
	sign_hmac_sha1(secret, text_slice(ret_username->p + from, ret_username->n - from), mac);
	sign_base64(ret_credential, mac, sizeof mac);
}
