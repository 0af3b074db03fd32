/* SPDX-License-Identifier: ISC */
/*
 * A library to preload that makes a program repeat itself: it is always the
 * second FIXED_NOW (since 1970), and what is random follows from that.  For
 * pictures and tests only.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static time_t
now(void)
{
	const char *given = getenv("FIXED_NOW");

	return given != NULL ? (time_t)strtoll(given, NULL, 10) : 0;
}

time_t
time(time_t *out)
{
	if (out != NULL)
		*out = now();
	return now();
}

/* splitmix64: any bytes do that differ from one time to the next. */
ssize_t
getrandom(void *out, size_t len, unsigned flags)
{
	static uint64_t state;
	unsigned char *p = out;

	(void)flags;
	for (size_t i = 0; i < len; i++) {
		uint64_t z = state += 0x9e3779b97f4a7c15u;

		z += (uint64_t)now();
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		p[i] = (unsigned char)(z >> 56);
	}
	return (ssize_t)len;
}
