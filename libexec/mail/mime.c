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
#include "libexec/mail/words.h"

#define CHUNK 16384

struct reading {
	struct node *parts, *attachments, *warnings;
	struct buf text;
	bool html, cut;
	size_t n;
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

static void
put_clean(struct node *out, const char *key, const char *text)
{
	struct buf clean = BUF_INIT;

	if (text == NULL)
		return;
	charset_clean(&clean, text, strlen(text));
	node_put(out, key, node_strn(clean.data, clean.len));
	buf_release(&clean);
}

/*
 * The text and the parts.
 */

static GMimeStream *
decoded(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *raw, *stream;
	GMimeFilter *filter;

	if (content == NULL)
		return NULL;
	raw = g_mime_data_wrapper_get_stream(content);
	g_mime_stream_reset(raw);
	stream = g_mime_stream_filter_new(raw);
	filter = g_mime_filter_basic_new(
	    g_mime_data_wrapper_get_encoding(content), FALSE);
	g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), filter);
	g_object_unref(filter);
	return stream;
}

struct leaf {
	struct buf head; /* its first MIME_TEXT_MAX bytes, if wanted */
	int64_t size;
	char sha256[SHA256_HEX];
};

static void
read_leaf(struct leaf *leaf, GMimePart *part, bool wanted)
{
	GMimeStream *stream = decoded(part);
	struct digest *digest = digest_new();
	char *chunk = mem_alloc(CHUNK);
	ssize_t n;

	while (stream != NULL &&
	    (n = g_mime_stream_read(stream, chunk, CHUNK)) > 0) {
		size_t room = MIME_TEXT_MAX - leaf->head.len;

		digest_add(digest, chunk, (size_t)n);
		leaf->size += n;
		if (wanted)
			buf_add(&leaf->head, chunk,
			    (size_t)n < room ? (size_t)n : room);
	}
	digest_hex(digest, leaf->sha256);
	if (stream != NULL)
		g_object_unref(stream);
	digest_free(digest);
	free(chunk);
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

static void
add_text(struct reading *r, const struct leaf *leaf, GMimeContentType *type)
{
	const char *charset =
	    g_mime_content_type_get_parameter(type, "charset");
	struct buf text = BUF_INIT, decoded_text = BUF_INIT;
	struct charset_notes notes = { NULL, NULL };
	bool repaired;
	size_t room;

	repaired = charset_decode(
	    &decoded_text, leaf->head.data, leaf->head.len, charset, &notes);
	repaired |= charset_clean(&text, decoded_text.data, decoded_text.len);
	if (notes.unknown != NULL)
		warn(r->warnings, notes.unknown);
	if (notes.guessed != NULL)
		warn(r->warnings, notes.guessed);
	if (repaired)
		warn(r->warnings,
		    "a text has bytes that are not of its charset");
	if (g_mime_content_type_is_type(type, "text", "html")) {
		buf_clear(&decoded_text);
		html_to_text(&decoded_text, text.data, text.len);
		buf_clear(&text);
		charset_clean(&text, decoded_text.data, decoded_text.len);
		r->html = true;
	}
	plain_lines(&text);
	if (r->text.len > 0 && text.len > 0)
		buf_adds(&r->text, "\n\n");
	room = r->text.len < MIME_TEXT_MAX ? MIME_TEXT_MAX - r->text.len : 0;
	r->cut |= text.len > room || leaf->size > (int64_t)leaf->head.len;
	buf_add(&r->text, text.data, whole_characters(&text, room));
	buf_release(&text);
	buf_release(&decoded_text);
}

static void
add_attachment(struct reading *r, const char *name, const char *type,
    const struct leaf *leaf)
{
	struct node *a = node_push(r->attachments, node_map());

	put_clean(a, "name", name);
	put_clean(a, "type", type);
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

static void
read_part(struct reading *r, GMimePart *part, bool readable)
{
	GMimeContentType *type =
	    g_mime_object_get_content_type(GMIME_OBJECT(part));
	const char *disposition =
	    g_mime_object_get_disposition(GMIME_OBJECT(part));
	char *name = file_name(GMIME_OBJECT(part));
	char *type_name = g_mime_content_type_get_mime_type(type);
	struct leaf leaf = { .head = BUF_INIT };
	bool is_text = (g_mime_content_type_is_type(type, "text", "*") ||
			   is_untyped(GMIME_OBJECT(part))) &&
	    name == NULL &&
	    (disposition == NULL || strcasecmp(disposition, "attachment") != 0);
	struct buf clean = BUF_INIT;

	for (char *c = type_name; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	charset_clean(&clean, type_name, strlen(type_name));
	node_push_str(r->parts, clean.data);
	read_leaf(&leaf, part, is_text && readable);
	if (is_text && readable)
		add_text(r, &leaf, type);
	else if (!is_text)
		add_attachment(r, name, type_name, &leaf);
	buf_release(&clean);
	buf_release(&leaf.head);
	free(name);
	g_free(type_name);
}

static bool
is_text_of(GMimeObject *o, const char *subtype)
{
	return GMIME_IS_PART(o) &&
	    g_mime_content_type_is_type(
		g_mime_object_get_content_type(o), "text", subtype);
}

static bool
is_blank(GMimeObject *o)
{
	struct leaf leaf = { .head = BUF_INIT };
	bool blank;

	read_leaf(&leaf, GMIME_PART(o), true);
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

	for (int i = 0; i < n; i++)
		read_object(r, g_mime_multipart_get_part(multipart, i),
		    readable && (!one || i == chosen), depth + 1);
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
	} else if (GMIME_IS_PART(o)) {
		read_part(r, GMIME_PART(o), readable);
	}
}

/*
 * The header.
 */

/* A field's value on one line, without the blanks around it. */
static void
unfold(struct buf *out, const struct field *f)
{
	size_t len;

	for (size_t i = 0; i < f->value_len; i++) {
		char c = f->value[i];

		if (c == '\r' || c == '\n')
			continue;
		if (out->len > 0 || (c != ' ' && c != '\t'))
			buf_addc(out, c);
	}
	for (len = out->len; len > 0; len--)
		if (out->data[len - 1] != ' ' && out->data[len - 1] != '\t')
			break;
	buf_cut(out, len);
}

/* The first field of a name; false: there is none, or it is empty. */
static bool
field_text(struct buf *out, const struct message *m, const char *name)
{
	const struct field *f = message_field(m, name);

	if (f != NULL)
		unfold(out, f);
	return out->len > 0;
}

/* Without line ends and tabs, which have no place in a line. */
static void
put_line(struct node *out, const char *key, const char *text)
{
	char *line = mem_dup(text);

	if (text == NULL)
		return;
	for (char *c = line; *c != '\0'; c++)
		if (*c == '\t' || *c == '\r' || *c == '\n')
			*c = ' ';
	put_clean(out, key, line);
	free(line);
}

static void
put_raw(struct node *out, const char *key, const struct message *m,
    const char *name)
{
	struct buf value = BUF_INIT;

	if (field_text(&value, m, name))
		put_line(out, key, value.data);
	buf_release(&value);
}

/* The first field of a name, which is the one mail programs show. */
static void
put_decoded(struct node *out, const char *key, const struct message *m,
    const char *name)
{
	struct buf value = BUF_INIT, text = BUF_INIT;

	if (field_text(&value, m, name)) {
		words_decode(&text, value.data, value.len);
		put_line(out, key, text.data);
	}
	buf_release(&value);
	buf_release(&text);
}

/* All fields of a name as one list, yours; empty if there are none. */
static InternetAddressList *
addresses(const struct message *m, const char *name)
{
	InternetAddressList *all = internet_address_list_new(), *list;

	for (size_t i = 0; i < m->fields.n; i++) {
		struct buf value = BUF_INIT, joined = BUF_INIT;

		if (!field_is(&m->fields.v[i], name))
			continue;
		unfold(&value, &m->fields.v[i]);
		words_join(&joined, value.data, value.len);
		list = internet_address_list_parse(
		    g_mime_parser_options_get_default(), joined.data);
		if (list != NULL) {
			internet_address_list_append(all, list);
			g_object_unref(list);
		}
		buf_release(&value);
		buf_release(&joined);
	}
	return all;
}

/* As a person reads them; what is no list of addresses is shown all the same */
static void
put_addresses(struct node *out, const char *key, InternetAddressList *list,
    const struct message *m, const char *name)
{
	char *text = internet_address_list_to_string(list, NULL, FALSE);

	if (text != NULL && strchr(text, '@') != NULL)
		put_line(out, key, text);
	else
		put_decoded(out, key, m, name);
	g_free(text);
}

/* Every mailbox of a list, those in groups too, as {name, address}. */
static void
collect_people(struct node *out, InternetAddressList *list, unsigned depth)
{
	int n = list == NULL || depth > MIME_DEPTH_MAX ?
	    0 :
	    internet_address_list_length(list);

	for (int i = 0; i < n; i++) {
		InternetAddress *a = internet_address_list_get_address(list, i);
		struct node *person;

		if (!INTERNET_ADDRESS_IS_MAILBOX(a)) {
			collect_people(out,
			    internet_address_group_get_members(
				INTERNET_ADDRESS_GROUP(a)),
			    depth + 1);
			continue;
		}
		person = node_push(out, node_map());
		put_line(person, "name", internet_address_get_name(a));
		put_line(person, "address",
		    internet_address_mailbox_get_addr(
			INTERNET_ADDRESS_MAILBOX(a)));
	}
}

/* What stands behind "10:15", and perhaps a year; NULL: it tells no time. */
static const char *
behind_clock(const char *text)
{
	const char *p = strchr(text, ':');

	return p == NULL ? NULL : p + strspn(p, ":.0123456789 ");
}

static bool
is_word_at(const char *p, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(p, word, len) == 0 &&
	    !isalnum((unsigned char)p[len]);
}

/*
 * Did the sender name a zone, in a form that is read?  "GMT+0100" is two, and
 * nothing is more than 14 hours away.
 */
static bool
names_zone(const char *p)
{
	static const char *const zones[] = { "UT", "UTC", "GMT", "EST", "EDT",
		"CST", "CDT", "MST", "MDT", "PST", "PDT", "Z" };

	if (*p == '+' || *p == '-')
		return isdigit((unsigned char)p[1]) &&
		    strtol(p + 1, NULL, 10) <= 1400;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (is_word_at(p, zones[i])) {
			p += strlen(zones[i]);
			return *p != '+' && *p != '-';
		}
	return false;
}

static void
put_date(struct node *out)
{
	const char *text = node_text(out, "date_text"), *zone;
	GDateTime *when;
	char *date;

	/* GMime takes a day for midnight, and 3 PM for 3 AM */
	if (text == NULL || (zone = behind_clock(text)) == NULL ||
	    is_word_at(zone, "AM") || is_word_at(zone, "PM") ||
	    (when = g_mime_utils_header_decode_date(text)) == NULL)
		return;
	date = g_date_time_format(when,
	    names_zone(zone) ? "%Y-%m-%dT%H:%M:%S%:z" : "%Y-%m-%dT%H:%M:%S");
	put_clean(out, "date", date);
	g_free(date);
	g_date_time_unref(when);
}

/* Who From names, as the DNS would have it: see dkim_check(). */
static void
add_senders(struct strs *from, InternetAddressList *list, unsigned depth)
{
	int n = depth > MIME_DEPTH_MAX ? 0 : internet_address_list_length(list);

	for (int i = 0; i < n; i++) {
		InternetAddress *a = internet_address_list_get_address(list, i);
		const char *address;

		if (!INTERNET_ADDRESS_IS_MAILBOX(a)) {
			add_senders(from,
			    internet_address_group_get_members(
				INTERNET_ADDRESS_GROUP(a)),
			    depth + 1);
			continue;
		}
		address = internet_address_mailbox_get_idn_addr(
		    INTERNET_ADDRESS_MAILBOX(a));
		if (address != NULL)
			strs_add(from, address);
	}
}

static void
put_header(struct node *out, struct strs *from, const struct message *m)
{
	struct node *senders = node_put(out, "senders", node_list());
	struct node *readers = node_put(out, "readers", node_list());
	InternetAddressList *sent_by = addresses(m, "From");
	InternetAddressList *to = addresses(m, "To"), *cc = addresses(m, "Cc");

	collect_people(senders, sent_by, 0);
	collect_people(readers, to, 0);
	collect_people(readers, cc, 0);
	add_senders(from, sent_by, 0);
	put_addresses(out, "from", sent_by, m, "From");
	put_addresses(out, "to", to, m, "To");
	put_addresses(out, "cc", cc, m, "Cc");
	put_decoded(out, "subject", m, "Subject");
	put_raw(out, "date_text", m, "Date");
	put_date(out);
	put_raw(out, "message_id", m, "Message-ID");
	put_raw(out, "in_reply_to", m, "In-Reply-To");
	g_object_unref(sent_by);
	g_object_unref(to);
	g_object_unref(cc);
}

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
		put_header(out, from, m);
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
