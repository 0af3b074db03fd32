/* SPDX-License-Identifier: ISC */
#include "core/intake/whatsapp_body.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Bytes of the full stop that p ends with, of any of these scripts, or 0. */
static size_t
stop_len(const char *p, size_t len)
{
	static const char *const stops[] = { ".", "。", "।", "۔" };

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		size_t n = strlen(stops[i]);

		if (len >= n && memcmp(p + len - n, stops[i], n) == 0)
			return n;
	}
	return 0;
}

/* Text without marks before it, and without marks and a full stop behind. */
static struct span
bare(const struct buf *body)
{
	size_t from = text_marks(body->data, body->len), len = body->len;

	while (len > from + 3 && text_marks(body->data + len - 3, 3) == 3)
		len -= 3;
	len -= stop_len(body->data + from, len - from);
	return (struct span){ body->data + from, len - from };
}

/* Without blanks and marks around it; absent if it cannot be a file's name. */
static struct span
file_name(const char *p, const char *end)
{
	struct span none = { NULL, 0 };
	size_t used;

	while (p < end && text_plain(p, (size_t)(end - p), &used) == ' ')
		p += used;
	p += text_marks(p, (size_t)(end - p));
	while (end > p && end[-1] == ' ')
		end--;
	if (memchr(p, '.', (size_t)(end - p)) == NULL || end - p > 255 ||
	    memchr(p, '\n', (size_t)(end - p)) != NULL)
		return none;
	return (struct span){ p, (size_t)(end - p) };
}

/*
 * "<attached: F>" in any language: what stands behind the colon; or, in old
 * versions, "F <attached>": what stands before it.
 */
static struct span
ios_attached(struct span text)
{
	const char *open = memrchr(text.p, '<', text.len), *colon, *end;
	struct span none = { NULL, 0 };
	size_t marks;

	if (text.len == 0 || text.p[text.len - 1] != '>' || open == NULL)
		return none;
	end = text.p + text.len - 1;
	colon = memchr(open, ':', (size_t)(end - open));
	if (colon != NULL)
		return file_name(colon + 1, end);
	marks = text_marks(open + 1, (size_t)(end - open) - 1);
	if (marks == 0 && strncmp(open, "<attached>", 10) != 0)
		return none;
	return file_name(text.p, open);
}

/* "IMG-20220323-WA0002.jpg (...)": Android's own names, in any language. */
static bool
is_android_name(const char *p, size_t len)
{
	static const char *const kinds[] = { "IMG-", "VID-", "PTT-", "AUD-",
		"STK-", "DOC-" };

	if (len < 16)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memcmp(p, kinds[i], 4) == 0)
			return strspn(p + 4, "0123456789") == 8 &&
			    memcmp(p + 12, "-WA", 3) == 0;
	return false;
}

/* Where what stands there last begins, or NULL. */
static const char *
last_of(struct span text, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = text.len; i >= n; i--)
		if (memcmp(text.p + i - n, what, n) == 0)
			return text.p + i - n;
	return NULL;
}

/* "brief.pdf": an ending, and what stands before it; not "version 2.1". */
static bool
is_file_name(const char *p, size_t len)
{
	const char *dot = memrchr(p, '.', len);
	size_t end = dot != NULL ? len - (size_t)(dot + 1 - p) : 0;
	bool letter = false;

	for (size_t i = 1; i <= end; i++) {
		if (!isalnum((unsigned char)dot[i]))
			return false;
		letter |= isalpha((unsigned char)dot[i]) != 0;
	}
	return letter && end <= 8 && dot > p && len <= 255 &&
	    memmem(p, len, "://", 3) == NULL;
}

/*
 * "F (file attached)".  In a language that is not known here, it is by a name
 * that Android gave, or by the mark of WhatsApp itself.
 */
static struct span
android_attached(struct span text, bool generated)
{
	struct span none = { NULL, 0 }, line = text;
	const char *lf = memchr(text.p, '\n', text.len), *open;

	if (lf != NULL)
		line.len = (size_t)(lf - text.p); /* a caption follows */
	while (line.len > 0 && line.p[line.len - 1] == ' ')
		line.len--;
	if (words_attached(line.p, line.len, &line.len))
		return line;
	if (line.len == 0 || line.p[line.len - 1] != ')')
		return none;
	open = last_of(line, " (");
	if (open == NULL)
		return none;
	line.len = (size_t)(open - line.p);
	if (is_android_name(line.p, line.len) ||
	    (generated && is_file_name(line.p, line.len)))
		return line;
	return none;
}

static const char *
type_of_file(struct span name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{ ".jpg", "image" },
		{ ".jpeg", "image" },
		{ ".png", "image" },
		{ ".mp4", "video" },
		{ ".opus", "audio" },
		{ ".m4a", "audio" },
		{ ".webp", "sticker" },
		{ ".vcf", "contact" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t n = strlen(types[i].end);

		if (name.len > n &&
		    strncasecmp(name.p + name.len - n, types[i].end, n) == 0)
			return types[i].type;
	}
	return "document";
}

/* What the text says it carries. */
static bool
read_attachment(
    const struct saying *said, struct span text, struct attachment *a)
{
	struct span name = ios_attached(text);

	if (name.p == NULL)
		name = android_attached(text,
		    said->layout == LAYOUT_DASH &&
			whatsapp_generated(said->body->data, said->body->len));
	if (name.p == NULL)
		return false;
	*a = (struct attachment){ .name = name,
		.type = span_of(type_of_file(name)),
		.size = -1,
		.part =
		    input_locate(said->input, said->dir, name.p, name.len) };
	return true;
}

/* The last mark in a text, or NULL. */
static const char *
last_mark(struct span text)
{
	const char *last = NULL, *p = text.p, *end = p + text.len;

	/* all marks have three bytes, but one that nobody puts there */
	while (p < end && (p = memchr(p, 0xe2, (size_t)(end - p))) != NULL) {
		if (text_marks(p, (size_t)(end - p)) > 0)
			last = p;
		p++;
	}
	return last;
}

/*
 * "3 pages • document omitted": iOS puts a mark in front of what it says
 * itself, and the last words count; years ago it was "<image omitted>", with
 * the mark within.  "<Media omitted>": Android puts what was written below a
 * picture on the lines after it.
 */
static enum word
find_word(const struct saying *said, struct span text)
{
	enum word word = words_find(said->words, text.p, text.len);
	const char *lf = memchr(text.p, '\n', text.len), *mark;

	if (word != WORD_NONE)
		return word;
	if (lf != NULL && text.p[0] == '<')
		return words_find(said->words, text.p, (size_t)(lf - text.p));
	if (text.len > 400 || (mark = last_mark(text)) == NULL)
		return WORD_NONE;
	if (text.p[0] == '<' && text.p[text.len - 1] == '>')
		text.len--;
	mark += text_marks(mark, text.len - (size_t)(mark - text.p));
	return words_find(
	    said->words, mark, text.len - (size_t)(mark - text.p));
}

/* "spec.pdf <mark>document omitted": what the file was called, or absent. */
static struct span
omitted_name(struct span text)
{
	struct span none = { NULL, 0 }, name = text;
	const char *mark = last_mark(text);
	const char *bullet = memmem(text.p, text.len, " \xe2\x80\xa2 ", 5);

	if (bullet != NULL && (mark == NULL || bullet < mark))
		mark = bullet;
	if (mark == NULL)
		return none;
	name.len = (size_t)(mark - text.p);
	while (name.len > 0 && name.p[name.len - 1] == ' ')
		name.len--;
	/* "Silenced voice call." is none */
	if (name.len == 0 || memchr(name.p, '.', name.len - 1) == NULL ||
	    name.p[name.len - 1] == '.')
		return none;
	return name;
}

/*
 * "<Media omitted>" in a language that is not known here: Android writes it so,
 * and nothing else.  iOS puts a mark before the whole line, and one before its
 * few words, or once put it between "<" and them.
 */
static bool
is_omitted(const struct saying *said, struct span text, bool generated)
{
	if (text.len > 5 && text.p[0] == '<' &&
	    text_marks(text.p + 1, text.len - 1) > 0)
		return text.p[text.len - 1] == '>' && text.len < 100;
	if (said->layout == LAYOUT_BRACKET)
		return said->generated && text.len < 400 &&
		    (generated || omitted_name(text).p != NULL) &&
		    memchr(text.p, '\n', text.len) == NULL &&
		    memmem(text.p, text.len, "://", 3) == NULL;
	return said->layout == LAYOUT_DASH && text.len > 6 && text.len < 100 &&
	    text.p[0] == '<' && text.p[text.len - 1] == '>' &&
	    memchr(text.p, ' ', text.len) != NULL &&
	    memchr(text.p, '\n', text.len) == NULL &&
	    memchr(text.p + 1, '<', text.len - 1) == NULL &&
	    memchr(text.p, '>', text.len - 1) == NULL &&
	    memchr(text.p, '.', text.len) == NULL;
}

/* "Voice call, 12 min", "Missed voice call. Tap to call back": the beginning. */
static bool
is_call(const struct saying *said, struct span text)
{
	size_t len = 0;
	enum word word;

	while (len < text.len && text.p[len] != ',' && text.p[len] != '.')
		len++;
	word = words_find(said->words, text.p, len);
	return word == WORD_CALL || word == WORD_TALK;
}

/*
 * "Your security code with X changed.  Tap to learn more." in any language:
 * two marks before it, and one within.
 */
static bool
has_notice_marks(const struct saying *said, struct span text)
{
	return said->layout == LAYOUT_BRACKET && text.len < 400 &&
	    text_marks(said->body->data, said->body->len) >= 6 &&
	    last_mark(text) != NULL;
}

/* What nobody typed, though iOS gives it an author: whom it is about. */
static bool
is_notice(const struct saying *said, struct span text)
{
	if (has_notice_marks(said, text))
		return true;
	return text.len < 400 && memchr(text.p, '\n', text.len) == NULL &&
	    words_notice(text.p, text.len);
}

/* The same, with the group as its author. */
static bool
is_of_group(const struct saying *said, struct span text)
{
	return said->group != NULL && strcmp(said->author, said->group) == 0 &&
	    text.len < 400;
}

/*
 * The length of "<This message was edited>" at the end, or 0; in a language
 * that is not known here it is what stands there behind a mark.
 */
static size_t
edited_len(const struct saying *said)
{
	const char *p = said->body->data;
	size_t len = said->body->len, n = words_edited(p, len);
	const char *open = memrchr(p, '<', len);
	size_t at = open != NULL ? (size_t)(open - p) : 0;

	if (n > 0)
		return n;
	if (said->layout != LAYOUT_BRACKET || at < 4 || p[len - 1] != '>' ||
	    text_marks(open - 3, 3) != 3 || memchr(open, ':', len - at) != NULL)
		return 0;
	return len - at;
}

static void
cut_edited(const struct saying *said, struct message *m)
{
	size_t n = edited_len(said);

	if (n == 0)
		return;
	m->edited = true;
	buf_cut(said->body, said->body->len - n);
	while (said->body->len >= 3 &&
	    text_marks(said->body->data + said->body->len - 3, 3) == 3)
		buf_cut(said->body, said->body->len - 3);
	while (
	    said->body->len > 0 && said->body->data[said->body->len - 1] == ' ')
		buf_cut(said->body, said->body->len - 1);
}

/* Something that the export does not hold. */
static void
left_out(
    struct message *m, struct attachment *a, struct span text, enum word word)
{
	*a = (struct attachment){ .name = omitted_name(text),
		.type = span_of(word_name(word)),
		.size = -1 };
	m->attachments = a;
	m->n_attachments = word != WORD_NULL;
	m->type = span_of(word_name(word));
}

bool
whatsapp_generated(const char *body, size_t len)
{
	return len >= 3 && memcmp(body, "\xe2\x80\x8e", 3) == 0;
}

void
whatsapp_classify(
    struct message *m, struct attachment *a, const struct saying *said)
{
	struct span text;
	bool generated;
	enum word word;

	if (said->author == NULL) {
		m->system = true;
		return;
	}
	cut_edited(said, m);
	text = bare(said->body);
	generated = whatsapp_generated(said->body->data, said->body->len);
	word = find_word(said, text);
	if (word == WORD_TALK && !generated)
		word = WORD_NONE;
	if (word == WORD_DELETED ||
	    (generated && words_removed(text.p, text.len))) {
		m->deleted = true;
		m->type = span_of(word_name(WORD_DELETED));
	} else if (word == WORD_CALL || (generated && is_call(said, text))) {
		m->system = m->call = true;
		m->type = span_of(word_name(WORD_CALL));
	} else if (word != WORD_NONE) {
		left_out(m, a, text, word);
	} else if (read_attachment(said, text, a)) {
		m->attachments = a;
		m->n_attachments = 1;
	} else if (generated && is_notice(said, text)) {
		m->system = true;
	} else if (words_location(text.p, text.len)) {
		m->type = span_of("location");
	} else if (is_omitted(said, text, generated)) {
		left_out(m, a, text, WORD_MEDIA);
	} else if (generated && is_of_group(said, text)) {
		m->system = true;
	}
}
