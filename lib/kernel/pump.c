#include "kernel/pump.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/own_thread.h"

#include "base/banned.h"

enum {
	BLOCK_BYTES = 64 * 1024, /* several records of any kind; a path has up to 16 KiB, escaped */
	BLOCKS = 8,              /* all of them stay in the cache */
	ALL_BYTES = BLOCKS * BLOCK_BYTES,
	/*
	 * To wake the other side takes longer than to read a block, on a virtual machine above all: who
	 * has to wait is woken for several.
	 */
	BLOCKS_WAITED_FOR = BLOCKS / 2
};

struct block {
	char *text;
	size_t length; /* of what is given: whole lines */
	size_t rest;   /* behind it: the begin of a line, moved to the next block */
};

struct pump {
	int fd;
	int code; /* errno of the reader */
	struct block block[BLOCKS];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t filled, taken; /* how many blocks so far */
	bool ended;           /* nothing will be filled any more */
	bool given_up;        /* nothing will be taken any more */
};

/* ret: whether there may be more. */
static bool fill(struct pump *pump, struct block *block, const struct block *before)
{
	size_t have = before ? before->rest : 0;
	const char *newline;
	ssize_t got = 1;

	if (have)
		memcpy(block->text, before->text + before->length, have);
	while (got > 0 && have < BLOCK_BYTES) {
		got = read(pump->fd, block->text + have, BLOCK_BYTES - have);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			have += (size_t)got;
	}
	if (got < 0)
		pump->code = errno;
	newline = got > 0 ? memrchr(block->text, '\n', have) : NULL;
	/* A line that is longer than a block is none that a parser would take. */
	block->length = newline ? (size_t)(newline + 1 - block->text) : have;
	block->rest = have - block->length;
	return got > 0;
}

/* Wait for blocks that have been taken. ret: false when nobody takes any more. */
static bool await_room(struct pump *pump)
{
	bool wanted;

	pthread_mutex_lock(&pump->lock);
	if (pump->filled - pump->taken == BLOCKS - 1)
		while (pump->filled - pump->taken >= BLOCKS_WAITED_FOR && !pump->given_up)
			pthread_cond_wait(&pump->changed, &pump->lock);
	wanted = !pump->given_up;
	pthread_mutex_unlock(&pump->lock);
	return wanted;
}

static void give(struct pump *pump, bool more)
{
	pthread_mutex_lock(&pump->lock);
	pump->filled++;
	pump->ended = !more;
	if (pump->ended || pump->filled - pump->taken == BLOCKS_WAITED_FOR)
		pthread_cond_signal(&pump->changed);
	pthread_mutex_unlock(&pump->lock);
}

/* The block before is still read by the other side; it is filled again only BLOCKS - 1 later. */
static void *run(void *context)
{
	struct pump *pump = context;
	bool more = true;

	while (more && await_room(pump)) {
		size_t at = pump->filled;

		more = fill(pump, &pump->block[at % BLOCKS], &pump->block[(at - 1) % BLOCKS]);
		give(pump, more);
	}
	return NULL;
}

/* ret: the next block, NULL at the end. */
static const struct block *await_block(struct pump *pump)
{
	const struct block *block = NULL;

	pthread_mutex_lock(&pump->lock);
	if (pump->filled == pump->taken)
		while (pump->filled - pump->taken < BLOCKS_WAITED_FOR && !pump->ended)
			pthread_cond_wait(&pump->changed, &pump->lock);
	if (pump->taken < pump->filled)
		block = &pump->block[pump->taken % BLOCKS];
	pthread_mutex_unlock(&pump->lock);
	return block;
}

static void give_back(struct pump *pump, bool given_up)
{
	pthread_mutex_lock(&pump->lock);
	pump->taken++;
	pump->given_up = given_up;
	if (given_up || pump->filled - pump->taken < BLOCKS_WAITED_FOR)
		pthread_cond_signal(&pump->changed);
	pthread_mutex_unlock(&pump->lock);
}

static struct vmspy_error *take_all(struct pump *pump, const struct vmspy_pump_sink *sink)
{
	struct vmspy_error *err = NULL;
	const struct block *block;

	while (!err && (block = await_block(pump))) {
		err = sink->take(sink->context, block->text, block->length);
		give_back(pump, err != NULL);
	}
	return err;
}

/* The first block is there, and there is more. */
static struct vmspy_error *take_in_parallel(struct pump *pump, const struct vmspy_pump_sink *sink)
{
	struct vmspy_error *err;
	pthread_t reader;
	int code;

	/* One call instead of a fault for each page, while nobody waits. It is a help, not a need. */
	madvise(pump->block[1].text, ALL_BYTES - BLOCK_BYTES, MADV_POPULATE_WRITE);
	pump->filled = 1;
	pthread_mutex_init(&pump->lock, NULL);
	pthread_cond_init(&pump->changed, NULL);
	code = vmspy_own_thread_start(run, pump, &reader);
	err = code ? vmspy_error_system(code, "cannot start a thread") : take_all(pump, sink);
	if (!code)
		pthread_join(reader, NULL);
	pthread_cond_destroy(&pump->changed);
	pthread_mutex_destroy(&pump->lock);
	return err;
}

struct vmspy_error *vmspy_pump(int fd, const struct vmspy_pump_sink *sink, int *ret)
{
	struct pump pump = { .fd = fd };
	struct vmspy_error *err;
	char *text =
		mmap(NULL, ALL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (text == MAP_FAILED)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < BLOCKS; i++)
		pump.block[i].text = text + i * BLOCK_BYTES;
	if (fill(&pump, &pump.block[0], NULL))
		err = take_in_parallel(&pump, sink);
	else
		err = sink->take(sink->context, pump.block[0].text, pump.block[0].length);
	munmap(text, ALL_BYTES);
	if (!err)
		*ret = pump.code;
	return err;
}
