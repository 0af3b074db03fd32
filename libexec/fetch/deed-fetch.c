/* SPDX-License-Identifier: ISC */
/*
 * deed-fetch TYPE URL SECONDS: post standard input to an address and print
 * the answer; with "-" for a type, get what is there.  The one program of deed that speaks HTTP; it knows nothing of
 * what it carries.  Exit status 0, or 2 with one line that says why.
 */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util/buf.h"
#include "core/util/file.h"
#include "core/util/mem.h"

#define BODY_MAX (1u << 20) /* bytes either way */
#define REDIRECTS 3L

static size_t
take(char *p, size_t size, size_t n, void *arg)
{
	struct buf *out = arg;

	if (out->len + size * n > BODY_MAX)
		return 0;
	buf_add(out, p, size * n);
	return size * n;
}

/* NULL, or what went wrong. */
static const char *
ask(const char *const *words, const struct buf *in, struct buf *out,
    char said[static CURL_ERROR_SIZE])
{
	char *type = mem_printf("Content-Type: %s", words[0]);
	bool post = strcmp(words[0], "-") != 0;
	struct curl_slist *headers =
	    post ? curl_slist_append(NULL, type) : NULL;
	CURL *curl = curl_easy_init();
	CURLcode rc = CURLE_OUT_OF_MEMORY;
	long seconds = strtol(words[2], NULL, 10);

	if (curl != NULL) {
		curl_easy_setopt(curl, CURLOPT_URL, words[1]);
		curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
		curl_easy_setopt(
		    curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
		curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
		curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS);
		curl_easy_setopt(curl, CURLOPT_POSTREDIR, CURL_REDIR_POST_ALL);
		curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
		curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
		curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
		curl_easy_setopt(curl, CURLOPT_USERAGENT, "deed");
		if (post) {
			curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
			curl_easy_setopt(curl, CURLOPT_POSTFIELDS, in->data);
			curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
			    (curl_off_t)in->len);
		}
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
		curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
		curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
		rc = curl_easy_perform(curl);
		curl_easy_cleanup(curl);
	}
	curl_slist_free_all(headers);
	free(type);
	if (rc == CURLE_OK)
		return NULL;
	return said[0] != '\0' ? said : curl_easy_strerror(rc);
}

int
main(int argc, char **argv)
{
	char said[CURL_ERROR_SIZE] = "";
	struct buf in = BUF_INIT, out = BUF_INIT;
	const char *why = "usage: deed-fetch type url seconds";
	struct err *e = NULL;

	if (argc == 4) {
		e = file_read_fd(&in, STDIN_FILENO, "standard input", BODY_MAX);
		why = e == NULL ?
		    ask((const char *const *)argv + 1, &in, &out, said) :
		    err_text(e);
	}
	if (why == NULL) {
		e = file_write_fd(
		    STDOUT_FILENO, out.data, out.len, "standard output");
		why = e == NULL ? NULL : err_text(e);
	}
	if (why != NULL)
		dprintf(STDERR_FILENO, "%s\n", why);
	err_drop(e); /* said */
	buf_release(&in);
	buf_release(&out);
	return why == NULL ? 0 : 2;
}
