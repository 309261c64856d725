/* Threads of our own in a program that we are part of. */
#ifndef VMSPY_KERNEL_OWN_THREAD_H
#define VMSPY_KERNEL_OWN_THREAD_H

#include <pthread.h>
#include <semaphore.h>

/*
 * Start a thread that no signal is delivered to: signals are for the threads that the program knows.
 * ret:    to be joined.
 * Return: 0, or an errno.
 */
int vmspy_own_thread_start(void *(*run)(void *context), void *context, pthread_t *ret);

/* Wait for a semaphore, whatever signals come meanwhile. */
void vmspy_own_thread_wait(sem_t *semaphore);

#endif
