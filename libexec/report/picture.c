/* SPDX-License-Identifier: ISC */
#include "libexec/report/picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdbool.h>
#include <string.h>

#define QUALITY "85"
#define SMALL_QUALITY "70"

static bool
is_known(GdkPixbufFormat *format)
{
	static const char *const known[] = { "png", "jpeg", "gif", "webp" };
	gchar *name = gdk_pixbuf_format_get_name(format);
	bool found = false;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		found |= strcmp(name, known[i]) == 0;
	g_free(name);
	return found;
}

/* Upright, on white, and no larger than asked for. */
static GdkPixbuf *
load(const char *path, int width, int height)
{
	GdkPixbuf *raw, *upright, *flat;
	int w, h;
	GdkPixbufFormat *format = gdk_pixbuf_get_file_info(path, &w, &h);

	if (format == NULL || !is_known(format) || w <= 0 || h <= 0 ||
	    (gint64)w * h > PICTURE_PIXELS)
		return NULL;
	raw = w > width || h > height ?
	    gdk_pixbuf_new_from_file_at_size(path, width, height, NULL) :
	    gdk_pixbuf_new_from_file(path, NULL);
	if (raw == NULL)
		return NULL;
	upright = gdk_pixbuf_apply_embedded_orientation(raw);
	g_object_unref(raw);
	if (!gdk_pixbuf_get_has_alpha(upright))
		return upright;
	flat = gdk_pixbuf_composite_color_simple(upright,
	    gdk_pixbuf_get_width(upright), gdk_pixbuf_get_height(upright),
	    GDK_INTERP_NEAREST, 255, 8, 0xffffff, 0xffffff);
	g_object_unref(upright);
	return flat;
}

static void
copy_pixels(cairo_surface_t *to, const GdkPixbuf *from)
{
	int w = gdk_pixbuf_get_width(from), h = gdk_pixbuf_get_height(from);
	int n = gdk_pixbuf_get_n_channels(from);
	int stride = cairo_image_surface_get_stride(to);
	const guchar *p = gdk_pixbuf_read_pixels(from);
	unsigned char *q = cairo_image_surface_get_data(to);

	cairo_surface_flush(to);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			const guchar *c =
			    p + y * gdk_pixbuf_get_rowstride(from) + x * n;
			guint32 *out = (guint32 *)(void *)(q + y * stride) + x;

			*out = (guint32)c[0] << 16 | (guint32)c[1] << 8 | c[2];
		}
	cairo_surface_mark_dirty(to);
}

static void
forget(void *p)
{
	g_free(p);
}

cairo_surface_t *
picture_open(const char *path, int width, int height)
{
	GdkPixbuf *pixels = load(path, width, height);
	cairo_surface_t *surface;
	gchar *jpeg = NULL;
	gsize len = 0;

	if (pixels == NULL)
		return NULL;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
	    gdk_pixbuf_get_width(pixels), gdk_pixbuf_get_height(pixels));
	copy_pixels(surface, pixels);
	/* the document keeps the JPEG, which is a tenth of the pixels */
	if (gdk_pixbuf_save_to_buffer(
		pixels, &jpeg, &len, "jpeg", NULL, "quality", QUALITY, NULL))
		cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG,
		    (unsigned char *)jpeg, len, forget, jpeg);
	g_object_unref(pixels);
	return surface;
}

char *
picture_small(const char *path, int size, int *width, int *height)
{
	GdkPixbuf *pixels = load(path, size, size);
	gchar *jpeg = NULL, *text = NULL;
	gsize len = 0;

	if (pixels == NULL)
		return NULL;
	*width = gdk_pixbuf_get_width(pixels);
	*height = gdk_pixbuf_get_height(pixels);
	if (gdk_pixbuf_save_to_buffer(pixels, &jpeg, &len, "jpeg", NULL,
		"quality", SMALL_QUALITY, NULL))
		text = g_base64_encode((const guchar *)jpeg, len);
	g_free(jpeg);
	g_object_unref(pixels);
	return text;
}
