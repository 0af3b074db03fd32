/* SPDX-License-Identifier: ISC */
#include "cmd/cli/progress.h"

#include <inttypes.h>
#include <time.h>

#include "cmd/cli/say.h"

#define QUIET_MS 500 /* shorter work needs no progress */
#define STEP_MS 100

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
progress_start(struct progress *p, const struct ctx *ctx, const char *verb)
{
	int64_t now = now_ms();

	*p = (struct progress){ verb, false,
		ctx->tty_out && !ctx->common.quiet && !ctx->common.json, now,
		now };
}

void
progress_step(void *progress, int64_t bytes, size_t files)
{
	struct progress *p = progress;
	int64_t now;

	if (!p->on)
		return;
	now = now_ms();
	if (now - p->started < QUIET_MS || now - p->last < STEP_MS)
		return;
	p->last = now;
	p->shown = true;
	say_progress(
	    "%s: %zu files, %" PRId64 " MB", p->verb, files, bytes / 1000000);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		say_progress("%s", "");
}
