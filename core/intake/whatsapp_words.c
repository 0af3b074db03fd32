/* SPDX-License-Identifier: ISC */
#include "core/intake/whatsapp_words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/util/mem.h"

struct phrase {
	const char *text;
	enum word word;
};

/* clang-format off */
static const struct phrase phrases[] = {
	/* Android: one phrase for all media */
	{ "<Media omitted>", WORD_MEDIA },
	{ "<Medien ausgeschlossen>", WORD_MEDIA },
	{ "<Médias omis>", WORD_MEDIA },
	{ "<Multimedia omitido>", WORD_MEDIA },
	{ "<Archivo omitido>", WORD_MEDIA },
	{ "<Media omessi>", WORD_MEDIA },
	{ "<Mídia oculta>", WORD_MEDIA },
	{ "<Arquivo de mídia oculto>", WORD_MEDIA },
	{ "<Ficheiro não revelado>", WORD_MEDIA },
	{ "<Media weggelaten>", WORD_MEDIA },
	{ "<Média vynechány>", WORD_MEDIA },
	{ "<Без медиафайлов>", WORD_MEDIA },
	{ "<Медіа пропущено>", WORD_MEDIA },
	{ "<Media tidak disertakan>", WORD_MEDIA },
	{ "<Pominięto multimedia>", WORD_MEDIA },
	{ "<Medya dahil edilmedi>", WORD_MEDIA },
	{ "<メディアは含まれていません>", WORD_MEDIA },
	{ "<미디어 파일 생략>", WORD_MEDIA },
	{ "<媒体已省略>", WORD_MEDIA },
	{ "<تم استبعاد الوسائط>", WORD_MEDIA },
	{ "<मीडिया के बिना>", WORD_MEDIA },
	/* English */
	{ "image omitted", WORD_IMAGE }, { "video omitted", WORD_VIDEO },
	{ "audio omitted", WORD_AUDIO }, { "sticker omitted", WORD_STICKER },
	{ "GIF omitted", WORD_GIF }, { "Contact card omitted", WORD_CONTACT },
	{ "document omitted", WORD_DOCUMENT },
	{ "video note omitted", WORD_VIDEO },
	{ "video message omitted", WORD_VIDEO },
	{ "This message was deleted", WORD_DELETED },
	{ "You deleted this message", WORD_DELETED },
	{ "This message was deleted by admin", WORD_DELETED },
	{ "Message deleted", WORD_DELETED },
	{ "Missed voice call", WORD_CALL }, { "Missed video call", WORD_CALL },
	{ "Missed group voice call", WORD_CALL },
	{ "Missed group video call", WORD_CALL },
	{ "Voice call", WORD_CALL }, { "Video call", WORD_CALL },
	{ "null", WORD_NULL },
	/* German */
	{ "Bild weggelassen", WORD_IMAGE }, { "Video weggelassen", WORD_VIDEO },
	{ "Audio weggelassen", WORD_AUDIO },
	{ "Sticker weggelassen", WORD_STICKER },
	{ "GIF weggelassen", WORD_GIF },
	{ "Kontaktkarte ausgelassen", WORD_CONTACT },
	{ "Dokument weggelassen", WORD_DOCUMENT },
	{ "Videonachricht weggelassen", WORD_VIDEO },
	{ "Videonotiz weggelassen", WORD_VIDEO },
	{ "Diese Nachricht wurde gelöscht", WORD_DELETED },
	{ "Du hast diese Nachricht gelöscht", WORD_DELETED },
	{ "Verpasster Sprachanruf", WORD_CALL },
	{ "Verpasster Videoanruf", WORD_CALL },
	{ "Sprachanruf", WORD_CALL }, { "Videoanruf", WORD_CALL },
	/* French */
	{ "image absente", WORD_IMAGE }, { "vidéo absente", WORD_VIDEO },
	{ "audio omis", WORD_AUDIO }, { "sticker omis", WORD_STICKER },
	{ "GIF retiré", WORD_GIF }, { "Fiche contact manquante", WORD_CONTACT },
	{ "document manquant", WORD_DOCUMENT },
	{ "Ce message a été supprimé", WORD_DELETED },
	{ "Vous avez supprimé ce message", WORD_DELETED },
	{ "Appel vocal manqué", WORD_CALL }, { "Appel vidéo manqué", WORD_CALL },
	/* Spanish */
	{ "imagen omitida", WORD_IMAGE }, { "Video omitido", WORD_VIDEO },
	{ "audio omitido", WORD_AUDIO }, { "sticker omitido", WORD_STICKER },
	{ "GIF omitido", WORD_GIF },
	{ "Tarjeta de contacto omitida", WORD_CONTACT },
	{ "documento omitido", WORD_DOCUMENT },
	{ "Se eliminó este mensaje", WORD_DELETED },
	{ "Eliminaste este mensaje", WORD_DELETED },
	{ "Llamada perdida", WORD_CALL }, { "Videollamada perdida", WORD_CALL },
	/* Italian */
	{ "immagine omessa", WORD_IMAGE }, { "video omesso", WORD_VIDEO },
	{ "audio omesso", WORD_AUDIO }, { "sticker non incluso", WORD_STICKER },
	{ "GIF esclusa", WORD_GIF },
	{ "Scheda contatto omessa", WORD_CONTACT },
	{ "documento omesso", WORD_DOCUMENT },
	{ "Questo messaggio è stato eliminato", WORD_DELETED },
	{ "Hai eliminato questo messaggio", WORD_DELETED },
	/* Portuguese */
	{ "imagem não revelada", WORD_IMAGE },
	{ "imagem ocultada", WORD_IMAGE },
	{ "vídeo não revelado", WORD_VIDEO }, { "vídeo omitido", WORD_VIDEO },
	{ "ficheiro de áudio não revelado", WORD_AUDIO },
	{ "áudio ocultado", WORD_AUDIO },
	{ "sticker não revelado", WORD_STICKER },
	{ "figurinha omitida", WORD_STICKER },
	{ "GIF não revelada", WORD_GIF }, { "GIF omitido", WORD_GIF },
	{ "Contacto não revelado", WORD_CONTACT },
	{ "Cartão do contato omitido", WORD_CONTACT },
	{ "documento não revelado", WORD_DOCUMENT },
	{ "Esta mensagem foi apagada", WORD_DELETED },
	{ "Apagou esta mensagem", WORD_DELETED },
	{ "Você apagou esta mensagem", WORD_DELETED },
	{ "Mensagem apagada", WORD_DELETED },
	/* Dutch */
	{ "afbeelding weggelaten", WORD_IMAGE },
	{ "video weggelaten", WORD_VIDEO }, { "audio weggelaten", WORD_AUDIO },
	{ "sticker weggelaten", WORD_STICKER }, { "GIF weggelaten", WORD_GIF },
	{ "Contactkaart weggelaten", WORD_CONTACT },
	{ "Dit bericht is verwijderd", WORD_DELETED },
	{ "document weggelaten", WORD_DOCUMENT },
	{ "U hebt dit bericht verwijderd", WORD_DELETED },
	{ "Gemiste spraakoproep", WORD_CALL },
	{ "Gemiste video-oproep", WORD_CALL },
	/* Czech */
	{ "obrázek vynechán", WORD_IMAGE }, { "video vynecháno", WORD_VIDEO },
	{ "zvukový soubor vynechán", WORD_AUDIO },
	{ "nálepka vynechána", WORD_STICKER }, { "GIF vynechán", WORD_GIF },
	{ "Vizitka vynechána", WORD_CONTACT },
	{ "dokument vynechán", WORD_DOCUMENT },
	{ "Tato zpráva byla smazána", WORD_DELETED },
	{ "Tato zpráva byla odstraněna", WORD_DELETED },
	{ "Tuto zprávu jste smazal/a", WORD_DELETED },
	{ "Tuto zprávu jste odstranil/a", WORD_DELETED },
	/* Russian */
	{ "изображение отсутствует", WORD_IMAGE },
	{ "видео отсутствует", WORD_VIDEO },
	{ "аудиофайл отсутствует", WORD_AUDIO },
	{ "стикер не добавлен", WORD_STICKER },
	{ "GIF отсутствует", WORD_GIF },
	{ "Карточка контакта отсутствует", WORD_CONTACT },
	{ "документ отсутствует", WORD_DOCUMENT },
	{ "Данное сообщение удалено", WORD_DELETED },
	{ "Вы удалили данное сообщение", WORD_DELETED },
	/* Ukrainian */
	{ "зображення відсутнє", WORD_IMAGE }, { "відео відсутнє", WORD_VIDEO },
	{ "аудіо відсутнє", WORD_AUDIO },
	{ "Наклейку не додано", WORD_STICKER },
	{ "GIF-анімацію пропущено", WORD_GIF },
	{ "Картка контакту відсутня", WORD_CONTACT },
	{ "документ пропущено", WORD_DOCUMENT },
	{ "Це повідомлення було видалено", WORD_DELETED },
	{ "Ви видалили це повідомлення", WORD_DELETED },
	/* Indonesian */
	{ "gambar tidak disertakan", WORD_IMAGE },
	{ "video tidak disertakan", WORD_VIDEO },
	{ "audio tidak disertakan", WORD_AUDIO },
	{ "stiker tidak disertakan", WORD_STICKER },
	{ "GIF tidak disertakan", WORD_GIF },
	{ "Kartu kontak tidak disertakan", WORD_CONTACT },
	{ "dokumen tidak disertakan", WORD_DOCUMENT },
	{ "Pesan ini dihapus", WORD_DELETED },
	{ "Anda menghapus pesan ini", WORD_DELETED },
	/* Vietnamese */
	{ "đã bỏ qua hình ảnh", WORD_IMAGE }, { "đã bỏ video", WORD_VIDEO },
	{ "bỏ qua tệp âm thanh", WORD_AUDIO },
	{ "đã bỏ sticker", WORD_STICKER }, { "Đã bỏ qua ảnh GIF", WORD_GIF },
	{ "Bỏ qua thẻ liên lạc", WORD_CONTACT },
	{ "đã bỏ qua tài liệu", WORD_DOCUMENT },
	{ "Tin nhắn này đã bị xóa", WORD_DELETED },
	{ "Bạn đã xoá tin nhắn này", WORD_DELETED },
	/* Japanese */
	{ "画像は含まれていません", WORD_IMAGE },
	{ "ビデオは含まれていません", WORD_VIDEO },
	{ "音声は含まれていません", WORD_AUDIO },
	{ "スタンプは含まれていません", WORD_STICKER },
	{ "GIFは含まれていません", WORD_GIF },
	{ "連絡先カードを省略", WORD_CONTACT },
	{ "ドキュメントは含まれていません", WORD_DOCUMENT },
	{ "このメッセージは削除されました", WORD_DELETED },
	{ "このメッセージを削除しました", WORD_DELETED },
	/* Hindi */
	{ "फ़ोटो हटाई गई", WORD_IMAGE }, { "वीडियो छोड़ा गया", WORD_VIDEO },
	{ "ऑडियो हटाई गयी", WORD_AUDIO }, { "स्टिकर छोड़ा गया", WORD_STICKER },
	{ "GIF छोड़ा गया", WORD_GIF },
	{ "कॉन्टैक्ट कार्ड छोड़ा गया", WORD_CONTACT },
	{ "डॉक्यूमेंट छोड़ा गया", WORD_DOCUMENT },
	{ "यह मैसेज डिलीट कर दिया गया है", WORD_DELETED },
	{ "आपने यह मैसेज डिलीट किया", WORD_DELETED },
	/* Thai */
	{ "ไม่มีรูปภาพ", WORD_IMAGE }, { "วิดีโอถูกลบ", WORD_VIDEO },
	{ "ไม่มีไฟล์เสียง", WORD_AUDIO }, { "ไม่มีสติกเกอร์", WORD_STICKER },
	{ "ละเว้น GIF", WORD_GIF }, { "บัตรรายชื่อที่ละเว้น", WORD_CONTACT },
	{ "ละเว้นเอกสาร", WORD_DOCUMENT },
	{ "ข้อความนี้ถูกลบแล้ว", WORD_DELETED },
	{ "คุณได้ลบข้อความนี้", WORD_DELETED },
	/* Arabic */
	{ "لم يتم إدراج الصورة", WORD_IMAGE },
	{ "لم يتم إدراج الفيديوهات", WORD_VIDEO },
	{ "لم يتم إدراج المقاطع الصوتية", WORD_AUDIO },
	{ "تم حذف الملصقات", WORD_STICKER },
	{ "لم يتم إدراج صورة GIF", WORD_GIF },
	{ "لم يتم إدراج بطاقة جهة اتصال", WORD_CONTACT },
	{ "لم يتم إدراج المستند", WORD_DOCUMENT },
	{ "تم حذف هذه الرسالة", WORD_DELETED },
	{ "لقد حذَفت هذه الرسالة", WORD_DELETED },
	{ "أنت حذفت هذه الرسالة", WORD_DELETED },
};
/* clang-format on */

#define N_PHRASES (sizeof(phrases) / sizeof(phrases[0]))

struct words {
	struct {
		const char *text;
		size_t len;
		enum word word;
	} v[N_PHRASES]; /* sorted by length */
	/* where each length begins */
	size_t from[128];
	bool first[256]; /* bytes a phrase can begin with */
};

static int
by_length(const void *a, const void *b)
{
	size_t x = strlen(((const struct phrase *)a)->text);
	size_t y = strlen(((const struct phrase *)b)->text);

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
	struct phrase sorted[N_PHRASES];
	size_t at = 0;

	memcpy(sorted, phrases, sizeof(phrases));
	qsort(sorted, N_PHRASES, sizeof(*sorted), by_length);
	for (size_t i = 0; i < N_PHRASES; i++) {
		w->v[i].text = sorted[i].text;
		w->v[i].len = strlen(sorted[i].text);
		w->v[i].word = sorted[i].word;
		w->first[lower(sorted[i].text[0])] = true;
	}
	for (size_t len = 0; len < 128; len++) {
		while (at < N_PHRASES && w->v[at].len < len)
			at++;
		w->from[len] = at;
	}
	return w;
}

void
words_free(struct words *w)
{
	free(w);
}

/*
 * Letters of Hindi with a dot below, which have two spellings, in the one that
 * phrases have: the letter, and the dot.  The bytes written to out, at most as
 * many as fit.
 */
static size_t
spell_dots(char *out, size_t max, const char *p, size_t len)
{
	/* U+0958 to U+095F: the last bytes of the letters without a dot */
	static const char plain[][3] = { "\xa4\x95", "\xa4\x96", "\xa4\x97",
		"\xa4\x9c", "\xa4\xa1", "\xa4\xa2", "\xa4\xab", "\xa4\xaf" };
	size_t n = 0;

	for (size_t i = 0; i < len && n + 6 < max; i++) {
		unsigned char last = i + 2 < len ? (unsigned char)p[i + 2] : 0;

		if (p[i] != '\xe0' || i + 2 >= len || p[i + 1] != '\xa5' ||
		    last < 0x98 || last > 0x9f) {
			out[n++] = p[i];
			continue;
		}
		out[n++] = p[i];
		out[n++] = plain[last - 0x98][0];
		out[n++] = plain[last - 0x98][1];
		memcpy(out + n, "\xe0\xa4\xbc", 3);
		n += 3;
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
	if (memchr(p, 0xe0, len) != NULL) { /* perhaps of Hindi */
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
		" (फ़ाइल अटैच की गई)" };

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
		" created group", " created this group", " added ", " removed ",
		" left", " joined using ", " changed the subject",
		" changed the group", " changed this group",
		" changed their phone number", " now an admin", "security code",
		"disappearing messages", " pinned a message", " hinzugefügt",
		" entfernt", "die Gruppe", "Gruppennamen", "Telefonnummer",
		"Sicherheitsnummer", "Gruppenbild", "this group",
		"this business", "business account" };

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
