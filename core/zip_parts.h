/* SPDX-License-Identifier: ISC */
#ifndef DEED_CORE_ZIP_PARTS_H
#define DEED_CORE_ZIP_PARTS_H

#include <pthread.h>

#include "core/ext/deflate.h"
#include "core/util/buf.h"
#include "core/util/file.h"
#include "core/util/vec.h"
#include "core/zip.h"
#include "core/zipform.h"

/*
 * What the files behind zip.h tell each other: zip.c takes bytes in, cut into
 * jobs, and zip_growth.c those of members side by side; zip_work.c has the
 * threads that compress and digest them; zip_out.c writes them out in order.
 */

#define ZIP_JOBS 64            /* in flight, at most */
#define ZIP_BUDGET (34u << 20) /* bytes in flight, in and out together */
#define ZIP_WORKERS_MAX 8
/* Buffers of pieces for the next ones: as many as the budget lets be filled. */
#define ZIP_SPARE (ZIP_BUDGET / DEFLATE_PIECE / 2)

enum job_state { JOB_FILLING, JOB_READY, JOB_TAKEN, JOB_PACKED, JOB_DONE };

/* Pieces looked at before it is decided whether a long member is stored. */
#define ZIP_JUDGED (DEFLATE_WHOLE_MAX / DEFLATE_PIECE)

/* A whole member, or a piece of one. */
struct job {
	enum job_state state;
	char *name; /* of the member: on its first job only */
	enum zip_type type;
	int64_t size; /* of the member */
	bool whole, last;
	bool is_known; /* of the member, as is known_crc */
	uint32_t known_crc;
	int method;
	struct buf in;
	size_t before; /* bytes at the start of in that belong to the past */
	unsigned char *out;
	size_t out_len, cost;
	uint32_t crc;
	char sha256[SHA256_HEX]; /* of the member: on its last job */
	const char *found;
	struct zip_growth *growth; /* whose piece it is; or NULL */
};

struct zip_growth {
	struct zip *zip;
	bool hex;
	int64_t size;  /* of all that came */
	struct buf in; /* what is no piece yet, behind its window */
	size_t before; /* bytes of that window */
	bool pushed;   /* a first piece */

	/* Of what is packed. */
	int fd;
	int64_t packed;
	uint32_t crc;
	struct digest *digest; /* who is summing has it */
	char sha256[SHA256_HEX];
};

struct zip {
	struct zip_spec spec;
	uint32_t stamp; /* spec.time, as ZIP has it */

	/* What is being pushed in: only the caller's thread. */
	bool inside;
	int64_t size, pushed;
	struct job *filling;
	bool long_member;
	int method; /* of the long member; -1 while it is being judged */
	bool is_known;
	uint32_t known_crc;
	unsigned char *window;
	size_t window_len;
	struct deflater *judge;
	char *last_name;

	/* What is being written out: only the caller's thread. */
	struct zipform member;
	uint32_t crc; /* of its bytes so far */
	char *name;   /* of it */
	enum zip_type type;
	struct buf out, central;
	int64_t pos;  /* of the end of out */
	int64_t sent; /* bytes on their way to the device */
	struct buf spare[ZIP_SPARE];
	size_t n_spare;
	size_t members;

	/* Shared, under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t work, done, grown;
	struct job jobs[ZIP_JOBS];
	size_t head, sum, next, tail; /* to write, digest, take, fill */
	bool summing;                 /* a worker is at it */
	size_t cost;
	bool stop;
	struct digest *digest; /* of a long member: who is summing has it */
	int64_t settled;       /* bytes of the file that will not change */
	struct err *hash_error;

	pthread_t workers[ZIP_WORKERS_MAX], hasher;
	size_t n_workers;
	bool has_hasher;
	struct digest *total;
	int64_t hashed, gone; /* bytes digested, and let go of */

	VEC(struct zip_growth *) growths;
};

static inline struct job *
zip_job(struct zip *z, size_t i)
{
	return &z->jobs[i % ZIP_JOBS];
}

/* A job to fill, once there is room for room bytes of input. */
struct err *zip_new_job(
    struct job **out, struct zip *z, size_t room) MUST_CHECK;
void zip_submit(struct zip *z, struct job *job);
/* Note the name of the next member; ERR_INVALID unless it follows the last. */
struct err *zip_take_name(struct zip *z, const char *name) MUST_CHECK;

/* Start as many workers as wanted, or fewer, and the hasher. */
struct err *zip_start(struct zip *z, size_t workers) MUST_CHECK;
/* Let the threads finish what there is, and end. */
void zip_stop(struct zip *z);

/* Everything before end is final; end is on disk, or in out. */
void zip_settle(struct zip *z, int64_t end);

/* Write out the oldest job, when it is done; wait for that if told to. */
struct err *zip_drain_one(struct zip *z, bool wait, bool *drained) MUST_CHECK;
struct err *zip_drain_all(struct zip *z) MUST_CHECK;
/* A member whose packed bytes are all in its own file. */
struct err *zip_put_packed(
    struct zip *z, const char *name, const struct zip_growth *g) MUST_CHECK;
/* A piece is packed. */
struct err *zip_growth_keep(
    struct zip_growth *g, const struct job *job) MUST_CHECK;
void zip_growth_free(struct zip_growth *g);
/* The directory, behind all members. */
struct err *zip_write_directory(struct zip *z) MUST_CHECK;
/* What a job held, given back. */
void zip_empty_job(struct zip *z, struct job *job);

#endif
