/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_DISCORD_H
#define DEED_CORE_INTAKE_DISCORD_H

#include "core/intake/reader.h"

/*
 * What the readers of DiscordChatExporter's CSV and text share: a file named
 * by its address, which is a path if the export holds it.
 */
struct attachment discord_file(struct reading *r, struct span url);

#endif
