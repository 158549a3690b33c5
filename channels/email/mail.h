/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One parsed mail: what the sandboxed child hands back. All texts are valid UTF-8 without control
 * characters other than tab and newline (headers and names: none at all), and live in the arena
 * given to whoever filled the struct.
 */
#ifndef CHANNELS_EMAIL_MAIL_H
#define CHANNELS_EMAIL_MAIL_H

#include "routing/base/id.h"
#include "routing/base/memory.h"

/* Limits of one mail, and what happens above them. */
#define MAIL_BYTES_MAX \
	((size_t)35 * 1024 * 1024) /* 552, or left on the IMAP server with a notice */
#define MAIL_HEADER_BYTES_MAX ((size_t)256 * 1024) /* kept raw, shown as text */
#define MAIL_PARTS_MAX 500			   /* further parts are left out, is_cut set */
#define MAIL_DEPTH_MAX 20			   /* deeper parts likewise */
#define MAIL_TEXT_BYTES_MAX ((size_t)1024 * 1024)  /* cut, is_cut set */
#define MAIL_HTML_BYTES_MAX ((size_t)1024 * 1024)  /* larger HTML is turned into text only */
#define MAIL_ATTACHMENTS_MAX 50
#define MAIL_ADDRESSES_MAX 100
#define MAIL_REFS_MAX 30 /* the first and the last ones are kept */
#define MAIL_ID_BYTES_MAX 250
#define MAIL_ADDRESS_BYTES_MAX 254
#define MAIL_NAME_BYTES_MAX 255
#define MAIL_SUBJECT_BYTES_MAX 998

struct mail_address {
	struct usher_text name;	   /* as claimed, decoded; may be empty */
	struct usher_text address; /* "local@domain", domain in lower case; empty: not usable */
};

struct mail_addresses {
	struct mail_address item[MAIL_ADDRESSES_MAX];
	int count;
};

struct mail_attachment {
	struct usher_text name;	      /* no path, no leading dot; may be empty */
	struct usher_text type;	      /* "image/png", as claimed, lower case */
	struct usher_text content_id; /* without <>; may be empty */
	uint64_t size;		      /* decoded bytes */
	uint32_t part;	 /* its number, depth first from 0: finds it again in the raw mail */
	char sha256[65]; /* of the decoded bytes */
};

struct mail {
	struct mail_address from; /* the first From, else Sender, else Reply-To */
	struct mail_address reply_to;
	struct mail_addresses to, cc;
	struct mail_addresses delivered_to; /* Delivered-To, X-Original-To: where tokens travel */
	struct usher_text subject;
	struct usher_text message_id; /* without <>; empty: it had none */
	struct usher_text in_reply_to;
	struct usher_text refs[MAIL_REFS_MAX]; /* oldest first */
	int ref_count;
	usher_us date_us;	     /* 0: none that can be believed */
	struct usher_text automatic; /* why it counts as sent by a robot; empty: by a person */
	struct usher_text body;	     /* text to read; never empty unless the mail is */
	struct usher_text html;	     /* cleaned; empty: none */
	struct mail_attachment attachments[MAIL_ATTACHMENTS_MAX];
	int attachment_count;
	bool is_cut;	/* something was left out at a limit; the raw mail has it all */
	bool is_signed; /* multipart/signed or S/MIME; not checked */
	bool is_encrypted;
	bool is_unreadable; /* body is an explanation with the raw mail as text */
};

#endif
