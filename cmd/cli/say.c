/* SPDX-License-Identifier: ISC */
#include "cmd/cli/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/paint.h"
#include "core/util/mem.h"
#include "core/util/node.h"
#include "core/util/utf8.h"

static bool silent;    /* set once by main, from -q */
static bool in_colour; /* and from git's settings */

void
say_quietly(bool quiet)
{
	silent = quiet;
}

void
say_in_colour(bool colour)
{
	in_colour = colour;
}

static void
put(const char *prefix, const char *text, bool keep_lf)
{
	const struct paint_how how = {
		.keep_lf = keep_lf,
		.colour = in_colour,
	};
	struct buf all = BUF_INIT, b = BUF_INIT;

	buf_addf(&all, "%s%s", prefix, text);
	while (all.len > 0 && all.data[all.len - 1] == '\n')
		buf_cut(&all, all.len - 1);
	paint_add(&b, all.data, all.len, &how);
	fprintf(stderr, "%s\n", b.data);
	buf_release(&b);
	buf_release(&all);
}

static void PRINTF(2, 0)
    put_format(const char *prefix, const char *fmt, va_list ap)
{
	char *text = mem_vprintf(fmt, ap);

	put(prefix, text, true);
	free(text);
}

void
say_note(const char *fmt, ...)
{
	va_list ap;

	if (silent)
		return;
	va_start(ap, fmt);
	put_format("deed: ", fmt, ap);
	va_end(ap);
}

void
say_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_format("deed: " PAINT_DOUBT "warning:" PAINT_END " ", fmt, ap);
	va_end(ap);
}

void
say_text(const char *text)
{
	if (!silent)
		say_always(text);
}

void
say_always(const char *text)
{
	put("", text, true);
}

void
say_progress(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
	free(text);
}

void
say_error(struct err *e, bool json)
{
	if (json) {
		struct node *n = node_map();
		struct buf b = BUF_INIT;

		node_put_str(n, "error", err_name(e));
		node_put_str(n, "message", err_text(e));
		node_put(n, "hint", node_str(err_advice(e)));
		node_write_json(&b, n);
		fprintf(stderr, "%s\n", b.data);
		buf_release(&b);
		node_free(n);
	} else {
		/* one sentence, whatever it quotes */
		put("deed: ", err_text(e), false);
		if (err_advice(e) != NULL)
			put(PAINT_NAME "hint:" PAINT_END " ", err_advice(e),
			    false);
	}
	err_drop(e);
}
