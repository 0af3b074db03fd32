/* SPDX-License-Identifier: ISC */
#include "core/evidence/filing.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/buf.h"
#include "core/util/mem.h"
#include "core/util/path.h"

#define NAME_MAX_KEPT 60 /* characters of a file's own name */

/* The title keeps what the file was called. */
char *
filing_plain(const char *name)
{
	struct buf out = BUF_INIT;
	const char *dot = strrchr(name, '.');
	size_t tail = dot == NULL || strlen(dot) > 12 ? 0 : strlen(dot);
	size_t head = strlen(name) - tail;

	for (size_t i = 0; name[i] != '\0'; i++) {
		char c = name[i];

		if (i < head && out.len + tail >= NAME_MAX_KEPT)
			continue;
		if (!isalnum((unsigned char)c) && strchr("._+", c) == NULL)
			c = '-';
		if (out.len == 0 && !isalnum((unsigned char)c))
			continue;
		if (c == '-' && out.data[out.len - 1] == '-')
			continue;
		buf_addc(&out, c);
	}
	if (out.len == 0)
		buf_adds(&out, "file");
	return buf_steal(&out);
}

/* "mockup.png" of "20261123T101502Z-mockup-5f1c0a9b22e4.png"; yours. */
static char *
without_stamp(const char *base)
{
	size_t stem = strcspn(base, "."), head = 17, tail = 13;

	if (stem <= head + tail || strspn(base, "0123456789TZ") != head - 1 ||
	    base[head - 1] != '-' || base[stem - tail] != '-')
		return mem_dup(base);
	return mem_printf(
	    "%.*s%s", (int)(stem - head - tail), base + head, base + stem);
}

char *
filing_name(const struct node *file)
{
	const char *name = node_text(file, "name");

	return name != NULL && *name != '\0' ?
	    mem_dup(name) :
	    without_stamp(path_base(node_text(file, "path")));
}

const char *
filing_folder(const char *kind)
{
	return strcmp(kind, "transcript") == 0 ? "transcripts" :
	    strcmp(kind, "mail") == 0          ? "mail" :
						 "exhibits";
}

char *
filing_proof(const char *order, const char *path)
{
	char *plain = filing_plain(path_base(path));
	char *name = mem_printf("data/proofs/%s-%s", order, plain);

	free(plain);
	return name;
}

/* The order's own name is plain, and nothing of it may be lost. */
char *
filing_delivery(const char *order, const char *label)
{
	char *number =
	    filing_plain(label == NULL || *label == '\0' ? "0" : label + 1);
	char *stem = mem_printf("%s-delivery-%s", order, number);

	free(number);
	return stem;
}
