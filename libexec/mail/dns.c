/* SPDX-License-Identifier: ISC */
#include "libexec/mail/dns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/buf.h"

#define ANSWER_MAX 65536
#define PORT 53

static bool
use_resolver(struct __res_state *state, const char *resolver)
{
	const char *colon = strchr(resolver, ':');
	char *address = colon == NULL ?
	    mem_dup(resolver) :
	    mem_ndup(resolver, (size_t)(colon - resolver));
	struct sockaddr_in *server = &state->nsaddr_list[0];
	long port = colon == NULL ? PORT : strtol(colon + 1, NULL, 10);
	bool fine;

	memset(server, 0, sizeof(*server));
	server->sin_family = AF_INET;
	server->sin_port = htons((uint16_t)port);
	fine = inet_pton(AF_INET, address, &server->sin_addr) == 1 &&
	    port > 0 && port < 65536;
	state->nscount = 1;
	free(address);
	return fine;
}

/* The strings of one TXT record, each with its length in front. */
static void
add_text(struct strs *out, const unsigned char *p, size_t len)
{
	struct buf text = BUF_INIT;

	while (len > 0) {
		size_t n = *p;

		if (n > len - 1)
			n = len - 1;
		buf_add(&text, p + 1, n);
		p += n + 1;
		len -= n + 1;
	}
	if (memchr(text.data, '\0', text.len) == NULL)
		strs_add(out, text.data);
	buf_release(&text);
}

static const char *
read_answer(struct strs *out, const unsigned char *answer, int len)
{
	ns_msg message;
	ns_rr record;

	if (ns_initparse(answer, len, &message) != 0)
		return "the answer of the DNS is malformed";
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) != 0)
			return "the answer of the DNS is malformed";
		/* aliases were followed by the resolver, and stand beside */
		if (ns_rr_type(record) == ns_t_txt)
			add_text(out, ns_rr_rdata(record), ns_rr_rdlen(record));
	}
	return out->n == 0 ? "the DNS has no such key" : NULL;
}

static const char *
reason(const struct __res_state *state)
{
	switch (state->res_h_errno) {
	case HOST_NOT_FOUND:
	case NO_DATA:
		return "the DNS has no such key";
	default:
		return "the DNS did not answer";
	}
}

const char *
dns_texts(struct strs *out, const char *name, const char *resolver)
{
	struct __res_state state;
	unsigned char *answer;
	const char *why;
	int len;

	memset(&state, 0, sizeof(state));
	if (res_ninit(&state) != 0)
		return "the DNS resolver cannot be started";
	state.retrans = 3;
	state.retry = 2;
	if (resolver != NULL && !use_resolver(&state, resolver)) {
		res_nclose(&state);
		return "the resolver given is no address";
	}
	answer = mem_alloc(ANSWER_MAX);
	len = res_nquery(&state, name, ns_c_in, ns_t_txt, answer, ANSWER_MAX);
	why = len < 0 ?
	    reason(&state) :
	    read_answer(out, answer, len < ANSWER_MAX ? len : ANSWER_MAX);
	free(answer);
	res_nclose(&state);
	return why;
}
