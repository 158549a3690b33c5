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
#define MAIL_REPORTED_MAX 10  /* recipients of one report; further ones are left out */
#define MAIL_FOLDS_MAX 16	/* further ones stay unfolded */
#define MAIL_SAID_BYTES_MAX 300 /* of what a server said about one; cut */

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

enum mail_fate { /* what a report says became of a mail */
	MAIL_FATE_NONE = 0,
	MAIL_FAILED = 1,    /* given up: a bounce */
	MAIL_DELAYED = 2,   /* still being tried */
	MAIL_DELIVERED = 3,
	MAIL_DISPLAYED = 4,
	MAIL_COMPLAINT = 5, /* its reader called it unwanted */
};

enum mail_fault { /* why it failed or waits */
	MAIL_FAULT_OTHER = 0,
	MAIL_FAULT_UNKNOWN_USER = 1,
	MAIL_FAULT_FULL = 2,
	MAIL_FAULT_INACTIVE = 3,
	MAIL_FAULT_DOMAIN = 4, /* no such domain, or no server of it answers */
	MAIL_FAULT_TOO_LARGE = 5,
	MAIL_FAULT_BLOCKED = 6, /* taken for spam, or the sender is listed */
	MAIL_FAULT_POLICY = 7,	/* SPF, DKIM, DMARC, or a rule of the other side */
	MAIL_FAULT_RELAY = 8,
	MAIL_FAULT_LOOP = 9,
	MAIL_FAULT_EXPIRED = 10,
	MAIL_FAULT_TEMPORARY = 11,
};
#define MAIL_FAULTS 12

struct mail_reported {
	struct usher_text address; /* of the recipient; may be empty */
	enum mail_fate fate;
	enum mail_fault fault;
	struct usher_text status; /* "5.2.2" (RFC 3463), or empty */
	struct usher_text said;	  /* one line of the server, or empty */
};

struct mail_report {
	struct usher_text message_id; /* of the mail it is about, without <>; may be empty */
	struct mail_reported item[MAIL_REPORTED_MAX];
	int count; /* 0: the mail is no report */
};

enum mail_fold_kind { MAIL_FOLD_QUOTE = 1, MAIL_FOLD_SIGNATURE = 2 };

/* A stretch of body or html that a reader may fold away: bytes from ≤ … < to. */
struct mail_fold {
	enum mail_fold_kind kind;
	uint32_t from, to;
};

struct mail_folds { /* in order, apart from each other; never all that there is to read */
	struct mail_fold item[MAIL_FOLDS_MAX];
	int count;
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
	struct mail_folds body_folds, html_folds;
	struct mail_attachment attachments[MAIL_ATTACHMENTS_MAX];
	int attachment_count;
	struct mail_report report;
	bool is_away; /* `automatic` is a note of absence */
	bool is_cut;	/* something was left out at a limit; the raw mail has it all */
	bool is_signed; /* multipart/signed or S/MIME; not checked */
	bool is_encrypted;
	bool is_unreadable; /* body is an explanation with the raw mail as text */
};

#endif
