/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_channel.h"

#include <stdlib.h>

struct email_shared *email_shared_take(struct email_shared *s)
{
	s->users++;
	return s;
}

void email_shared_drop(struct email_shared *s)
{
	if (--s->users > 0)
		return;
	email_sandbox_free(s->sandbox);
	free(s);
}

static void run(void *arg)
{
	struct email_job *job = arg;
	job->work(job);
}

static void finish(void *arg)
{
	struct email_job *job = arg;
	struct email_shared *shared = job->shared;
	list_remove(&job->link);
	job->done(job);
	email_shared_drop(shared);
}

void email_job_start(struct channel *ch, struct email_job *job)
{
	job->ch = ch;
	job->host = ch->host;
	job->shared = email_shared_take(ch->shared);
	list_add_last(&ch->jobs, &job->link);
	ch->host->job(ch->host, run, finish, job);
}

void email_jobs_orphan(struct channel *ch)
{
	LIST_EACH(link, &ch->jobs)
	{
		struct email_job *job = LIST_ITEM(link, struct email_job, link);
		list_remove(&job->link);
		job->ch = NULL;
	}
}
