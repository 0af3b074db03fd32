/* SPDX-License-Identifier: ISC */
#include "core/evidence/html.h"

#include <ctype.h>
#include <string.h>

#include "core/evidence/telling.h"
#include "core/ext/digest.h"
#include "core/util/utf8.h"

#define REPLACEMENT 0xfffd
#define CONTROL_PICTURES 0x2400 /* U+2400 shows NUL, and so on */
#define PICTURE_OF_DEL 0x2421

/* Embeddings, overrides and isolates; the plain marks do no harm in a bdi. */
static bool
turns_text(uint32_t c)
{
	return utf8_is_bidi(c) && c >= 0x202a;
}

static void
add_char(struct buf *out, uint32_t c)
{
	if (c == '<')
		buf_adds(out, "&lt;");
	else if (c == '>')
		buf_adds(out, "&gt;");
	else if (c == '&')
		buf_adds(out, "&amp;");
	else if (c == '"')
		buf_adds(out, "&quot;");
	else if (c == '\'')
		buf_adds(out, "&#39;");
	else if (c == '\n' || c == '\t')
		buf_addc(out, (char)c);
	else if (c < 0x20)
		utf8_add(out, CONTROL_PICTURES + c);
	else if (c == 0x7f)
		utf8_add(out, PICTURE_OF_DEL);
	else if (c == UTF8_BAD || utf8_is_control(c))
		utf8_add(out, REPLACEMENT);
	else if (turns_text(c))
		buf_addf(out, "[U+%04X]", (unsigned)c);
	else
		utf8_add(out, c);
}

void
html_text(struct buf *out, const char *text)
{
	size_t len = strlen(text), used;

	for (; len > 0; text += used, len -= used)
		add_char(out, utf8_decode(text, len, &used));
}

void
html_told(struct buf *out, const char *text)
{
	size_t len = strlen(text), used;
	bool open = false;

	for (; len > 0; text += used, len -= used) {
		uint32_t c = utf8_decode(text, len, &used);

		if (c == (open ? TELLING_CLOSE : TELLING_OPEN)) {
			buf_adds(out, open ? "</bdi>" : "<bdi>");
			open = !open;
		} else {
			add_char(out, c);
		}
	}
	if (open)
		buf_adds(out, "</bdi>");
}

void
html_bdi(struct buf *out, const char *text)
{
	buf_adds(out, "<bdi>");
	html_text(out, text);
	buf_adds(out, "</bdi>");
}

void
html_href(struct buf *out, const char *path)
{
	for (; *path != '\0'; path++)
		if (isalnum((unsigned char)*path) ||
		    strchr("/._-~", *path) != NULL)
			buf_addc(out, *path);
		else
			buf_addf(out, "%%%02X", (unsigned char)*path);
}

/* Base64 (RFC 4648) of the bytes that hex digits stand for. */
static void
add_base64(struct buf *out, const char *hex)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, n = 0, written = 0;

	for (; *hex != '\0'; hex++) {
		unsigned value = *hex <= '9' ? (unsigned)(*hex - '0') :
					       (unsigned)(*hex - 'a' + 10);

		bits = bits << 4 | value;
		n += 4;
		if (n >= 6) {
			n -= 6;
			buf_addc(out, digits[bits >> n & 63]);
			written++;
		}
	}
	if (n > 0) {
		buf_addc(out, digits[bits << (6 - n) & 63]);
		written++;
	}
	for (; written % 4 != 0; written++)
		buf_addc(out, '=');
}

void
html_csp_hash(struct buf *out, const char *text)
{
	char hex[SHA256_HEX];

	digest_of(text, strlen(text), hex);
	buf_adds(out, "sha256-");
	add_base64(out, hex);
}
