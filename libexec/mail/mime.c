/* SPDX-License-Identifier: ISC */
#include "libexec/mail/mime.h"

#include <ctype.h>
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/ext/digest.h"
#include "core/util/mem.h"
#include "core/util/untag.h"
#include "libexec/mail/charset.h"
#include "libexec/mail/flowed.h"
#include "libexec/mail/mime_parts.h"
#include "libexec/mail/transfer.h"
#include "libexec/mail/words.h"

struct reading {
	struct node *parts, *attachments, *warnings;
	struct buf text;
	bool html, cut;
	size_t n;
	const GMimeObject *body; /* what is a text by its place */
};

void
mime_start(void)
{
	static const char *charsets[] = { "utf-8", "windows-1252", NULL };

	g_mime_init();
	g_mime_parser_options_set_fallback_charsets(
	    g_mime_parser_options_get_default(), charsets);
}

void
mime_stop(void)
{
	g_mime_shutdown();
}

static void
warn(struct node *warnings, const char *text)
{
	if (!node_has(warnings, text))
		node_push_str(warnings, text);
}

void
mime_put_clean(struct node *out, const char *key, const char *text)
{
	struct buf clean = BUF_INIT;

	if (text == NULL)
		return;
	charset_clean(&clean, text, strlen(text));
	node_put(out, key, node_strn(clean.data, clean.len));
	buf_release(&clean);
}

/*
 * GMime reads the mail, and says what is wrong with it.
 */

static void
take_warning(
    gint64 offset, GMimeParserWarning code, const gchar *item, gpointer data)
{
	struct node *warnings = data;

	(void)offset;
	(void)item;
	if (code == GMIME_WARN_TRUNCATED_MESSAGE)
		warn(warnings, "the mail is cut short");
	else if (code == GMIME_CRIT_CONFLICTING_HEADER)
		warn(warnings, "a header field stands twice and differs");
	else if (code == GMIME_CRIT_MULTIPART_WITHOUT_BOUNDARY ||
	    code == GMIME_WARN_MALFORMED_MULTIPART)
		warn(warnings, "a part that should have parts has none");
	else if (code == GMIME_CRIT_NESTING_OVERFLOW)
		warn(warnings, "parts nested too deep were not read");
	else if (code == GMIME_CRIT_INVALID_HEADER_NAME ||
	    code == GMIME_CRIT_PART_WITHOUT_HEADERS_OR_CONTENT ||
	    code == GMIME_WARN_MALFORMED_MESSAGE)
		warn(warnings,
		    "the mail is malformed: programs may differ "
		    "on what it says");
}

static GMimeMessage *
parse(const struct message *m, GByteArray *bytes, struct node *warnings)
{
	GMimeParserOptions *options =
	    g_mime_parser_options_clone(g_mime_parser_options_get_default());
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *mail;

	/* the bytes stay ours: GMime copies them otherwise */
	bytes->data = (guint8 *)m->p;
	bytes->len = (guint)m->len;
	stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_parser_options_set_warning_callback(
	    options, take_warning, warnings);
	parser = g_mime_parser_new_with_stream(stream);
	mail = g_mime_parser_construct_message(parser, options);
	g_object_unref(parser);
	g_object_unref(stream);
	g_mime_parser_options_free(options);
	return mail;
}

/*
 * The text and the parts.
 */

struct leaf {
	struct buf head; /* its first bytes, as far as wanted */
	int64_t size;
	char sha256[SHA256_HEX];
};

/* What reads a leaf, and how much of it is wanted. */
struct leaf_reading {
	struct leaf *leaf;
	struct digest *digest;
	size_t wanted;
};

static void
take_piece(void *arg, const char *p, size_t len)
{
	struct leaf_reading *l = arg;
	size_t room = l->wanted - l->leaf->head.len;

	digest_add(l->digest, p, len);
	l->leaf->size += (int64_t)len;
	buf_add(&l->leaf->head, p, len < room ? len : room);
}

/* False: its bytes are in an encoding that is not known. */
static bool
read_leaf(struct leaf *leaf, GMimePart *part, size_t wanted)
{
	struct leaf_reading l = { leaf, digest_new(), wanted };
	bool known = transfer_each(part, take_piece, &l);

	digest_hex(l.digest, leaf->sha256);
	digest_free(l.digest);
	return known;
}

/* CRLF and CR become LF; none stay at the end. */
static void
plain_lines(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == '\r' && b->data[i + 1] == '\n')
			continue;
		b->data[to++] = (char)(b->data[i] == '\r' ? '\n' : b->data[i]);
	}
	while (to > 0 && strchr("\n \t", b->data[to - 1]) != NULL)
		to--;
	buf_cut(b, to);
}

/* How many of at most max bytes are whole characters. */
static size_t
whole_characters(const struct buf *text, size_t max)
{
	if (text->len <= max)
		return text->len;
	while (max > 0 && (text->data[max] & 0xc0) == 0x80)
		max--;
	return max;
}

/* The text of a part in UTF-8, whatever it was written in. */
static void
decode_text(struct reading *r, struct buf *text, const struct leaf *leaf,
    GMimeContentType *type)
{
	const char *charset =
	    g_mime_content_type_get_parameter(type, "charset");
	struct buf decoded = BUF_INIT;
	struct charset_notes notes = { NULL, NULL };
	char meta[CHARSET_NAME_MAX];
	bool repaired, bom;

	if ((charset == NULL || *charset == '\0' ||
		strcasecmp(charset, "us-ascii") == 0) &&
	    g_mime_content_type_is_type(type, "text", "html") &&
	    charset_of_html(meta, leaf->head.data, leaf->head.len))
		charset = meta;
	repaired = charset_decode(
	    &decoded, leaf->head.data, leaf->head.len, charset, &notes);
	bom = decoded.len >= 3 && memcmp(decoded.data, "\xef\xbb\xbf", 3) == 0;
	repaired |= charset_clean(
	    text, decoded.data + (bom ? 3 : 0), decoded.len - (bom ? 3 : 0));
	if (notes.unknown != NULL)
		warn(r->warnings, notes.unknown);
	if (notes.guessed != NULL)
		warn(r->warnings, notes.guessed);
	if (repaired)
		warn(r->warnings,
		    "a text has bytes that are not of its charset");
	buf_release(&decoded);
}

static bool
has_parameter(GMimeContentType *type, const char *name, const char *value)
{
	const char *have = g_mime_content_type_get_parameter(type, name);

	return have != NULL && strcasecmp(have, value) == 0;
}

/* HTML as a person reads it, and lines as the sender ended them. */
static void
shape_text(struct reading *r, struct buf *text, GMimeContentType *type)
{
	struct buf shaped = BUF_INIT;

	if (g_mime_content_type_is_type(type, "text", "html")) {
		html_to_text(&shaped, text->data, text->len);
		buf_clear(text);
		charset_clean(text, shaped.data, shaped.len);
		r->html = true;
	}
	plain_lines(text);
	if (g_mime_content_type_is_type(type, "text", "plain") &&
	    has_parameter(type, "format", "flowed")) {
		buf_clear(&shaped);
		flowed_join(&shaped, text->data, text->len,
		    has_parameter(type, "delsp", "yes"));
		buf_clear(text);
		buf_add(text, shaped.data, shaped.len);
	}
	buf_release(&shaped);
}

static void
add_text(struct reading *r, const struct leaf *leaf, GMimeContentType *type)
{
	struct buf text = BUF_INIT;
	size_t room;

	decode_text(r, &text, leaf, type);
	shape_text(r, &text, type);
	if (r->text.len > 0 && text.len > 0)
		buf_adds(&r->text, "\n\n");
	room = r->text.len < MIME_TEXT_MAX ? MIME_TEXT_MAX - r->text.len : 0;
	r->cut |= text.len > room || leaf->size > (int64_t)leaf->head.len;
	buf_add(&r->text, text.data, whole_characters(&text, room));
	buf_release(&text);
}

static void
add_attachment(struct reading *r, const char *name, const char *type,
    const struct leaf *leaf)
{
	struct node *a = node_push(r->attachments, node_map());

	mime_put_clean(a, "name", name);
	mime_put_clean(a, "type", type);
	node_put_int(a, "size", leaf->size);
	node_put_str(a, "sha256", leaf->sha256);
}

/* A field of a part, as it stands, with its words joined; false: none. */
static bool
part_field(struct buf *out, GMimeObject *part, const char *name)
{
	GMimeHeader *header = g_mime_header_list_get_header(
	    g_mime_object_get_header_list(part), name);
	const char *raw =
	    header == NULL ? NULL : g_mime_header_get_raw_value(header);

	if (raw != NULL)
		words_join(out, raw, strlen(raw));
	return raw != NULL;
}

/* What the sender called a part, in either of the two places for it; yours. */
static char *
file_name(GMimeObject *part)
{
	GMimeParserOptions *options = g_mime_parser_options_get_default();
	struct buf field = BUF_INIT;
	GMimeContentDisposition *disposition = NULL;
	GMimeContentType *type = NULL;
	const char *name = NULL;
	char *result;

	if (part_field(&field, part, "Content-Disposition")) {
		disposition =
		    g_mime_content_disposition_parse(options, field.data);
		name = g_mime_content_disposition_get_parameter(
		    disposition, "filename");
	}
	buf_clear(&field);
	if (name == NULL && part_field(&field, part, "Content-Type")) {
		type = g_mime_content_type_parse(options, field.data);
		name = g_mime_content_type_get_parameter(type, "name");
	}
	result = name == NULL ? NULL : mem_dup(name);
	if (disposition != NULL)
		g_object_unref(disposition);
	if (type != NULL)
		g_object_unref(type);
	buf_release(&field);
	return result;
}

/* "Content-Type: text", or nothing behind the colon: no type at all. */
static bool
is_untyped(GMimeObject *part)
{
	struct buf field = BUF_INIT;
	bool untyped = part_field(&field, part, "Content-Type") &&
	    strchr(field.data, '/') == NULL;

	buf_release(&field);
	return untyped;
}

/* Parts in which the words of a mail may be, where nobody here sees them. */
static void
warn_of_form(struct reading *r, const char *type, const char *name)
{
	static const char *const encrypted[] = { "application/pkcs7-mime",
		"application/x-pkcs7-mime", "application/pgp-encrypted" };

	for (size_t i = 0; i < sizeof(encrypted) / sizeof(encrypted[0]); i++)
		if (strcmp(type, encrypted[i]) == 0)
			warn(r->warnings,
			    "a mail is encrypted, or wrapped in its "
			    "signature: its words were not read");
	if (strcmp(type, "message/partial") == 0)
		warn(r->warnings,
		    "a mail is one piece of several: its words were not read");
	if (strcmp(type, "message/external-body") == 0)
		warn(r->warnings, "a part lies elsewhere and was not read");
	if (strcmp(type, "application/ms-tnef") == 0 ||
	    strcmp(type, "application/vnd.ms-tnef") == 0 ||
	    (name != NULL && strcasecmp(name, "winmail.dat") == 0))
		warn(r->warnings,
		    "what Outlook packed into a part of its own "
		    "(winmail.dat) was not read");
}

static bool
is_text_of(GMimeObject *o, const char *subtype)
{
	return GMIME_IS_PART(o) &&
	    g_mime_content_type_is_type(
		g_mime_object_get_content_type(o), "text", subtype);
}

/*
 * Words of the mail, or a file?  What has a file's name is one, unless it
 * stands where nothing but the words can be.
 */
static bool
is_words(const struct reading *r, GMimeObject *part, const char *name)
{
	const char *disposition = g_mime_object_get_disposition(part);

	if (disposition != NULL && strcasecmp(disposition, "attachment") == 0)
		return false;
	if (name != NULL)
		return part == r->body &&
		    (is_text_of(part, "plain") || is_text_of(part, "html"));
	return is_text_of(part, "*") || is_untyped(part);
}

static void
read_part(struct reading *r, GMimePart *part, bool readable)
{
	GMimeContentType *type =
	    g_mime_object_get_content_type(GMIME_OBJECT(part));
	char *name = file_name(GMIME_OBJECT(part));
	char *type_name = g_mime_content_type_get_mime_type(type);
	struct leaf leaf = { .head = BUF_INIT };
	bool is_text = is_words(r, GMIME_OBJECT(part), name);
	struct buf clean = BUF_INIT;
	bool known;

	for (char *c = type_name; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	charset_clean(&clean, type_name, strlen(type_name));
	node_push_str(r->parts, clean.data);
	known = read_leaf(&leaf, part, is_text && readable ? MIME_TEXT_MAX : 0);
	if (is_text && readable)
		add_text(r, &leaf, type);
	if (!is_text || name != NULL)
		add_attachment(r, name, type_name, &leaf);
	if (!known)
		warn(r->warnings,
		    "a part is in a transfer encoding that is not known here");
	warn_of_form(r, type_name, name);
	buf_release(&clean);
	buf_release(&leaf.head);
	free(name);
	g_free(type_name);
}

static bool
is_blank(GMimeObject *o)
{
	struct leaf leaf = { .head = BUF_INIT };
	bool blank;

	(void)read_leaf(&leaf, GMIME_PART(o), MIME_TEXT_MAX);
	blank = strspn(leaf.head.data, " \t\r\n") == leaf.head.len;
	buf_release(&leaf.head);
	return blank;
}

/*
 * Which of several forms of one text to show: the plain one unless it is
 * empty, which some programs send, else the last that is HTML or made of parts,
 * which is the richest.  Others, such as invitations, are for programs.
 */
static int
choose(GMimeMultipart *alternatives)
{
	int n = g_mime_multipart_get_count(alternatives);
	int rich = -1, text = n - 1;

	for (int i = 0; i < n; i++) {
		GMimeObject *o = g_mime_multipart_get_part(alternatives, i);

		if (is_text_of(o, "plain") && !is_blank(o))
			return i;
		if (is_text_of(o, "html") || GMIME_IS_MULTIPART(o))
			rich = i;
		else if (is_text_of(o, "*"))
			text = i;
	}
	return rich >= 0 ? rich : text;
}

/* What stands where parts should be, as far as GMime saw it. */
static void
read_prologue(struct reading *r, GMimeMultipart *multipart)
{
	const char *text = g_mime_multipart_get_prologue(multipart);
	GMimeContentType *plain = g_mime_content_type_new("text", "plain");
	struct leaf leaf = { .head = BUF_INIT };

	if (text != NULL) {
		leaf.size = (int64_t)strlen(text);
		buf_add(&leaf.head, text,
		    leaf.size < MIME_TEXT_MAX ? (size_t)leaf.size :
						MIME_TEXT_MAX);
		add_text(r, &leaf, plain);
	}
	g_object_unref(plain);
	buf_release(&leaf.head);
}

static void read_object(
    struct reading *r, GMimeObject *o, bool readable, unsigned depth);

static void
read_multipart(
    struct reading *r, GMimeMultipart *multipart, bool readable, unsigned depth)
{
	GMimeContentType *type =
	    g_mime_object_get_content_type(GMIME_OBJECT(multipart));
	bool one = g_mime_content_type_is_type(type, "*", "alternative");
	int n = g_mime_multipart_get_count(multipart);
	int chosen = one ? choose(multipart) : -1;

	if (n == 0 && readable)
		read_prologue(r, multipart);
	/* the root of what belongs together, and what is signed, come first */
	if (r->body == GMIME_OBJECT(multipart) &&
	    (g_mime_content_type_is_type(type, "*", "related") ||
		g_mime_content_type_is_type(type, "*", "signed")))
		chosen = 0;
	for (int i = 0; i < n; i++) {
		GMimeObject *part = g_mime_multipart_get_part(multipart, i);

		if (i == chosen)
			r->body = part;
		read_object(
		    r, part, readable && (!one || i == chosen), depth + 1);
	}
}

static void
add_header_line(struct reading *r, GMimeMessage *inner, const char *name)
{
	const char *value = g_mime_object_get_header(GMIME_OBJECT(inner), name);
	struct buf line = BUF_INIT;

	if (value == NULL)
		return;
	buf_addf(&line, "%s: ", name);
	charset_clean(&line, value, strlen(value));
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.data[i] < ' ')
			line.data[i] = ' ';
	if (r->text.len + line.len < MIME_TEXT_MAX) {
		buf_adds(&r->text, r->text.len > 0 ? "\n" : "");
		buf_add(&r->text, line.data, line.len);
	} else {
		r->cut = true;
	}
	buf_release(&line);
}

/* A mail inside of this one: its words are not the sender's. */
static void
read_included(
    struct reading *r, GMimeMessage *inner, bool readable, unsigned depth)
{
	if (readable &&
	    g_mime_object_get_header(GMIME_OBJECT(inner), "From") != NULL) {
		if (r->text.len > 0)
			buf_addc(&r->text, '\n');
		add_header_line(r, inner, "From");
		add_header_line(r, inner, "Date");
		add_header_line(r, inner, "Subject");
	}
	read_object(
	    r, g_mime_message_get_mime_part(inner), readable, depth + 1);
}

static void
add_piece(void *arg, const char *p, size_t len)
{
	buf_add(arg, p, len);
}

/*
 * A mail inside of this one that was encoded for its way, as it must not be
 * and as some programs do; false: it is none.
 */
static bool
read_encoded(struct reading *r, GMimePart *part, bool readable, unsigned depth)
{
	GMimeContentType *type =
	    g_mime_object_get_content_type(GMIME_OBJECT(part));
	struct buf bytes = BUF_INIT;
	GMimeMessage *inner = NULL;
	struct message m;
	GByteArray array;
	bool is_mail = false;

	if (!g_mime_content_type_is_type(type, "message", "rfc822") &&
	    !g_mime_content_type_is_type(type, "message", "global"))
		return false;
	(void)transfer_each(part, add_piece, &bytes);
	message_parse(&m, bytes.data, bytes.len);
	if (message_count(&m, "From") > 0)
		inner = parse(&m, &array, r->warnings);
	if (inner != NULL) {
		is_mail = true;
		read_included(r, inner, readable, depth);
		g_object_unref(inner);
	}
	message_release(&m);
	buf_release(&bytes);
	return is_mail;
}

static void
read_object(struct reading *r, GMimeObject *o, bool readable, unsigned depth)
{
	GMimeMessage *inner;

	if (o == NULL)
		return;
	if (depth > MIME_DEPTH_MAX || r->n >= MIME_PARTS_MAX) {
		warn(r->warnings,
		    depth > MIME_DEPTH_MAX ?
			"parts nested too deep were not read" :
			"more parts than are read");
		return;
	}
	r->n++;
	if (GMIME_IS_MULTIPART(o)) {
		read_multipart(r, GMIME_MULTIPART(o), readable, depth);
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(o));
		if (inner != NULL)
			read_included(r, inner, readable, depth);
	} else if (GMIME_IS_PART(o) &&
	    !read_encoded(r, GMIME_PART(o), readable, depth)) {
		read_part(r, GMIME_PART(o), readable);
	}
}

/*
 * The mail.
 */

void
mime_read(struct node *out, struct strs *from, const struct message *m)
{
	struct reading r = { .parts = node_list(),
		.attachments = node_list(),
		.warnings = node_list(),
		.text = BUF_INIT };
	GByteArray bytes;
	GMimeMessage *mail = parse(m, &bytes, r.warnings);

	if (mail != NULL) {
		mime_put_header(out, from, m);
		r.body = g_mime_message_get_mime_part(mail);
		read_object(&r, g_mime_message_get_mime_part(mail), true, 0);
		g_object_unref(mail);
	} else {
		warn(r.warnings, "this is no mail");
	}
	if (r.cut)
		warn(r.warnings, "the text is longer than what is shown of it");
	node_put(out, "text", node_strn(r.text.data, r.text.len));
	node_put_bool(out, "html", r.html);
	node_put(out, "parts", r.parts);
	node_put(out, "attachments", r.attachments);
	node_put(out, "warnings", r.warnings);
	buf_release(&r.text);
}
