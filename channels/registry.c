/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/channel.h"

const struct channel_driver *const channel_drivers[] = {
	&email_driver, &chat_driver, &telephony_driver, &video_driver, NULL,
};

const struct channel_driver *channel_driver_by_name(struct usher_text name)
{
	for (int i = 0; channel_drivers[i] != NULL; i++)
		if (text_equal(name, text_of(channel_drivers[i]->name)))
			return channel_drivers[i];
	return NULL;
}
