/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_INTAKE_WHATSAPP_PHRASES_H
#define DEED_CORE_INTAKE_WHATSAPP_PHRASES_H

#include <stddef.h>

/*
 * Whole texts that WhatsApp writes, in no order, without the marks and the full
 * stop around them, letters with a dot below in two characters.  They are
 * looked for with words_find().
 */

enum word {
	WORD_NONE,
	WORD_MEDIA, /* left out of the export, of whatever kind */
	WORD_IMAGE,
	WORD_VIDEO,
	WORD_AUDIO,
	WORD_STICKER,
	WORD_GIF,
	WORD_CONTACT,
	WORD_DOCUMENT,
	WORD_DELETED,
	WORD_CALL,
	WORD_TALK, /* a call, if there is a mark: people write so, too */
	WORD_NULL, /* "null": what the phone could not write or read */
};

struct phrase {
	const char *text;
	enum word word;
};

extern const struct phrase whatsapp_phrases[];
extern const size_t whatsapp_phrases_n;

#endif
