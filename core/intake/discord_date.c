/* SPDX-License-Identifier: ISC */
/*
 * The times in DiscordChatExporter's text and tables: in the short form of
 * whatever language somebody chose, in older versions also in a form of his
 * own, or counted from 1970.
 */

#include <ctype.h>

#include "core/intake/discord.h"
#include "core/intake/whatsapp_head.h"

static bool
read_count(struct stamp *at, const char *p, size_t len)
{
	if (len != 10 && len != 13) /* seconds, milliseconds */
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)p[i]))
			return false;
	return stamp_epoch_text(at, p, len, len == 10 ? 1 : 1000);
}

bool
discord_date(struct discord_date *out, const char *p, size_t len)
{
	*out = (struct discord_date){ .form = DISCORD_WORDS };
	if (stamp_iso(&out->at, p, len))
		out->form = DISCORD_ISO;
	else if (read_count(&out->at, p, len))
		out->form = DISCORD_COUNT;
	else if (dates_read(&out->words, p, len) != len)
		return whatsapp_stamp(&out->words, p, len);
	return true;
}

bool
discord_stamp(
    struct stamp *out, const struct discord_date *d, enum date_order order)
{
	if (d->form == DISCORD_WORDS)
		return dates_stamp(out, &d->words, order);
	*out = d->at;
	return true;
}
