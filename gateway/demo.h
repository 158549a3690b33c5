/* SPDX-License-Identifier: Apache-2.0 */
/* What `usher demo` passes to the seeding of its data. */
#ifndef GATEWAY_DEMO_H
#define GATEWAY_DEMO_H

struct demo_options {
	int lmtp_port;
	char maildir[4200];
	char account_sid[40];
	char auth_token[40];
	char provider_url[200]; /* where calls out go: a provider's test double */
	char ring[5000];	/* the line that places a call */
	char list[5000];	/* a line that asks this Usher something */
};

#endif
