/* SPDX-License-Identifier: ISC */
#include "core/intake/whatsapp_words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/intake/whatsapp_phrases.h"
#include "core/util/mem.h"

struct entry {
	const char *text;
	size_t len;
	enum word word;
};

struct words {
	struct entry *v; /* sorted by length */
	/* where each length begins */
	size_t from[128];
	bool first[256]; /* bytes a phrase can begin with */
};

static int
by_length(const void *a, const void *b)
{
	size_t x = ((const struct entry *)a)->len;
	size_t y = ((const struct entry *)b)->len;

	return x < y ? -1 : x > y;
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

struct words *
words_new(void)
{
	struct words *w = mem_zero(1, sizeof(*w));
	size_t n = whatsapp_phrases_n, at = 0;

	w->v = mem_zero(n, sizeof(*w->v));
	for (size_t i = 0; i < n; i++) {
		const struct phrase *p = &whatsapp_phrases[i];

		w->v[i] = (struct entry){ p->text, strlen(p->text), p->word };
		w->first[lower(p->text[0])] = true;
	}
	qsort(w->v, n, sizeof(*w->v), by_length);
	for (size_t len = 0; len < 128; len++) {
		while (at < n && w->v[at].len < len)
			at++;
		w->from[len] = at;
	}
	return w;
}

void
words_free(struct words *w)
{
	free(w->v);
	free(w);
}

/*
 * Letters of Hindi and Bengali with a dot below, which have two spellings, in
 * the one that phrases have: the letter, and the dot.  The bytes written to
 * out, at most as many as fit.
 */
static size_t
spell_dots(char *out, size_t max, const char *p, size_t len)
{
	static const char *const dotted[][2] = { { "\u0958", "\u0915\u093c" },
		{ "\u0959", "\u0916\u093c" }, { "\u095a", "\u0917\u093c" },
		{ "\u095b", "\u091c\u093c" }, { "\u095c", "\u0921\u093c" },
		{ "\u095d", "\u0922\u093c" }, { "\u095e", "\u092b\u093c" },
		{ "\u095f", "\u092f\u093c" }, { "\u09dc", "\u09a1\u09bc" },
		{ "\u09dd", "\u09a2\u09bc" }, { "\u09df", "\u09af\u09bc" } };
	const size_t n_dotted = sizeof(dotted) / sizeof(dotted[0]);
	size_t n = 0, k;

	for (size_t i = 0; i < len && n + 6 < max; i++) {
		for (k = 0; k < n_dotted && p[i] == '\xe0'; k++)
			if (len - i >= 3 && memcmp(p + i, dotted[k][0], 3) == 0)
				break;
		if (k == n_dotted || p[i] != '\xe0') {
			out[n++] = p[i];
			continue;
		}
		memcpy(out + n, dotted[k][1], 6);
		n += 6;
		i += 2;
	}
	return n;
}

/* Equal but for the case of ASCII letters. */
static bool
same(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

enum word
words_find(const struct words *w, const char *p, size_t len)
{
	char dotted[128];

	if (len == 0 || len >= 127 || !w->first[lower(p[0])])
		return WORD_NONE;
	if (memchr(p, 0xe0, len) != NULL) { /* perhaps of India */
		len = spell_dots(dotted, sizeof(dotted), p, len);
		p = dotted;
	}
	for (size_t i = w->from[len]; i < w->from[len + 1]; i++)
		if (same(w->v[i].text, p, len))
			return w->v[i].word;
	return WORD_NONE;
}

const char *
word_name(enum word word)
{
	static const char *const names[] = {
		[WORD_NONE] = "",
		[WORD_MEDIA] = "media",
		[WORD_IMAGE] = "image",
		[WORD_VIDEO] = "video",
		[WORD_AUDIO] = "audio",
		[WORD_STICKER] = "sticker",
		[WORD_GIF] = "gif",
		[WORD_CONTACT] = "contact",
		[WORD_DOCUMENT] = "document",
		[WORD_DELETED] = "deleted",
		[WORD_CALL] = "call",
		[WORD_TALK] = "call",
		[WORD_NULL] = "unknown",
	};

	return names[word];
}

static bool
ends_with(const char *p, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && same(p + len - n, end, n);
}

static bool
begins_with(const char *p, size_t len, const char *start)
{
	size_t n = strlen(start);

	return len >= n && same(p, start, n);
}

static bool
holds(const char *p, size_t len, const char *what)
{
	return memmem(p, len, what, strlen(what)) != NULL;
}

bool
words_removed(const char *p, size_t len)
{
	return begins_with(p, len, "This message was deleted by admin ");
}

bool
words_attached(const char *p, size_t len, size_t *name_len)
{
	static const char *const ends[] = { " (file attached)",
		" (Datei angehängt)", " (fichier joint)", " (archivo adjunto)",
		" (file allegato)", " (arquivo anexado)", " (ficheiro anexado)",
		" (bestand bijgevoegd)", " (soubor byl přiložen)",
		" (файл добавлен)", " (файл додано)", " (file terlampir)",
		" (plik dołączony)", " (dosya ekli)", " (ファイル添付)",
		" (파일 첨부됨)", " (文件附件)", " (الملف مرفق)",
		" (फ़ाइल अटैच की गई)", " (archivo adjuntado)",
		" (załączony plik)", " (添付ファイル有り)", " (附件檔案)",
		" (tệp đính kèm)", " (ไฟล์ที่แนบ)", " (bifogad fil)",
		" (fil vedhæftet)", " (vedlagt fil)", " (liitetiedosto)",
		" (fișier atașat)", " (súbor pripojený)",
		" (datoteka u privitku)", " (priložena datoteka)",
		" (fájl csatolva)", " (συνημμένο αρχείο)", " (прикачен файл)",
		" (קובץ מצורף)", " (پیوستہ فائل)", " (ফাইল সংযুক্ত হয়েছে)",
		" (fail dilampirkan)", " (arxiu adjunt)",
		" (फाइल अटैच कर दी गई है)", " (fail lisatud)",
		" (pievienots fails)", " (faili limeambatanishwa)",
		" (nakalakip na file)" };

	if (len == 0 || p[len - 1] != ')')
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(p, len, ends[i])) {
			*name_len = len - strlen(ends[i]);
			return true;
		}
	return false;
}

size_t
words_edited(const char *p, size_t len)
{
	static const char *const ends[] = { "<This message was edited>",
		"<This message was edited.>",
		"<Diese Nachricht wurde bearbeitet>",
		"<Diese Nachricht wurde bearbeitet.>",
		"<Ce message a été modifié>", "<Ce message a été modifié.>",
		"<Se editó este mensaje>", "<Se editó este mensaje.>",
		"<Questo messaggio è stato modificato>",
		"<Questo messaggio è stato modificato.>",
		"<Esta mensagem foi editada>", "<Mensagem editada>",
		"<Dit bericht is bewerkt>", "<Данное сообщение изменено>",
		"<Це повідомлення відредаговано>", "<Pesan ini telah diedit>" };

	if (len == 0 || p[len - 1] != '>')
		return 0;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(p, len, ends[i]))
			return strlen(ends[i]);
	return 0;
}

bool
words_notice(const char *p, size_t len)
{
	static const char *const signs[] = { "end-to-end", "End-to-end",
		"Ende-zu-Ende", "bout en bout", "extremo a extremo",
		"ponta a ponta", "koncov", "сквозн", "наскрізн",
		"エンドツーエンド", "종단간", "端到端", "بين الطرفين",
		"ponto a ponto", "đầu cuối", "एंड-टू-एंड", "uçtan uca", "เข้ารหัส",
		" created group", " created this group", " added ",
		" were added", " removed ", " left", " joined using ",
		" changed the subject", " changed the group",
		" changed this group", " changed their phone number",
		" now an admin", "security code", "disappearing messages",
		" pinned a message", " started a call", " started a video call",
		"advanced chat privacy", "message timer", " is a contact",
		"blocked this contact", " hinzugefügt", "Anruf gestartet",
		"Videoanruf gestartet", "Chat-Datenschutz", "Nachrichtendauer",
		"selbstlöschende Nachrichten", " ist ein Kontakt",
		"diesen Kontakt ", " entfernt", "die Gruppe", "Gruppennamen",
		"Telefonnummer", "Sicherheitsnummer", "Gruppenbild",
		"this group", "this business", "This business uses ",
		"business account" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (holds(p, len, signs[i]))
			return true;
	return false;
}

static bool
is_phrase(const char *p, size_t len, const char *phrase)
{
	return len == strlen(phrase) && same(p, phrase, len);
}

bool
words_location(const char *p, size_t len)
{
	static const char *const starts[] = { "location: ", "Standort: ",
		"Localisation: ", "Ubicación: ", "Posizione: ", "Localização: ",
		"locatie: ", "Poloha: ", "Местоположение: ", "местоположение: ",
		"Розташування: ", "розташування: ", "Lokasi: ", "Vị trí: ",
		"位置情報: ", "लोकेशन: ", "ตำแหน่งที่ตั้ง: ", "موقع: " };

	if (is_phrase(p, len, "live location shared") ||
	    is_phrase(p, len, "Live-Standort wird geteilt"))
		return true;
	if (!holds(p, len, "https://"))
		return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (begins_with(p, len, starts[i]))
			return true;
	return false;
}

size_t
words_half_day(const char *p, int *half)
{
	static const struct {
		const char *text;
		int half;
	} v[] = {
		{ "a. m.", 1 },
		{ "p. m.", 2 },
		{ "a.m.", 1 },
		{ "p.m.", 2 },
		{ "am", 1 },
		{ "pm", 2 },
		{ "a.m", 1 },
		{ "p.m", 2 },
		{ "in the morning", 1 },
		{ "in the afternoon", 2 },
		{ "in the evening", 2 },
		{ "at night", 3 },
		{ "vormittags", 1 },
		{ "nachmittags", 2 },
		{ "vorm.", 1 },
		{ "nachm.", 2 },
		{ "morgens", 1 },
		{ "mittags", 4 },
		{ "abends", 2 },
		{ "nachts", 3 },
		{ "上午", 1 },
		{ "下午", 2 },
		{ "凌晨", 1 },
		{ "晚上", 2 },
		{ "早上", 1 },
		{ "清晨", 1 },
		{ "傍晚", 2 },
		{ "中午", 4 },
		{ "오전", 1 },
		{ "오후", 2 },
		{ "午前", 1 },
		{ "午後", 2 },
		{ "ص", 1 },
		{ "م", 2 },
		{ "ق.ظ.", 1 },
		{ "ب.ظ.", 2 },
		{ "π.μ.", 1 },
		{ "μ.μ.", 2 },
		{ "πμ", 1 },
		{ "μμ", 2 },
		{ "de.", 1 },
		{ "du.", 2 },
		{ "дп", 1 },
		{ "пп", 2 },
		{ "ÖÖ", 1 },
		{ "ÖS", 2 },
		{ "SA", 1 },
		{ "CH", 2 },
		{ "पूर्वाह्न", 1 },
		{ "अपराह्न", 2 },
		{ "ก่อนเที่ยง", 1 },
		{ "หลังเที่ยง", 2 },
		{ "முற்பகல்", 1 },
		{ "பிற்பகல்", 2 },
		{ "ಪೂರ್ವಾಹ್ನ", 1 },
		{ "ಅಪರಾಹ್ನ", 2 },
		{ "לפנה״צ", 1 },
		{ "אחה״צ", 2 },
		{ "PTG", 2 },
		{ "PG", 1 },
		{ "PD", 1 },
		{ "MD", 2 },
		{ "пр.об.", 1 },
		{ "сл.об.", 2 },
		{ "dop.", 1 },
		{ "odp.", 2 },
		{ "ap.", 1 },
		{ "ip.", 2 },
	};

	/* what mostly stands there instead */
	if (*p == '\0' || strchr(" -]0123456789", *p) != NULL)
		return 0;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		size_t n = strlen(v[i].text);

		if (strncasecmp(p, v[i].text, n) != 0)
			continue;
		*half = v[i].half;
		return n;
	}
	return 0;
}

size_t
words_title(const char *stem)
{
	static const char *const starts[] = { "WhatsApp Chat with ",
		"WhatsApp Chat - ", "WhatsApp Chat mit ", "WhatsApp-Chat mit ",
		"Chat de WhatsApp con ", "Discussion WhatsApp avec ",
		"Chat WhatsApp con ", "Conversa do WhatsApp com ",
		"Conversa do WhatsApp com o ", "WhatsApp-chat met ",
		"Чат WhatsApp с контактом ", "Чат WhatsApp с ",
		"Chat WhatsApp dengan ", "WhatsApp chat s kontaktem ",
		"Czat WhatsApp z " };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncasecmp(stem, starts[i], strlen(starts[i])) == 0)
			return strlen(starts[i]);
	return 0;
}
