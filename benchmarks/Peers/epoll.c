/* The physical limit: one thread, one epoll loop, no parsing. Whatever comes in, each empty line in it is answered with the same
 * finished bytes, all answers of one read in one send. What a real server costs above this is its own doing; this much is the kernel's.
 *
 *   cc -O2 -o epoll epoll.c && ./epoll [port]        (port 0, the default: any free one; the address is printed)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* As long as a framework's answer: the fields that wrk's peers send, too. */
static const char answer[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/plain;charset=utf-8\r\n"
    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "Content-Length: 13\r\n"
    "\r\n"
    "Hello, World!";

enum { answer_size = sizeof answer - 1, read_size = 64 << 10, most_answers = 512, most_sockets = 1 << 16 };

static char input[read_size];
static char answers[most_answers * answer_size]; /* not for the most that could come in: filling each page costs time at the start */
static unsigned char matched[most_sockets]; /* how much of an empty line the last read of a socket ended with */

/* Counts the empty lines that end in these bytes, going on where the last read left off. */
static int count_requests(const char *bytes, int length, unsigned char *state)
{
    static const char end[] = "\r\n\r\n";
    int count = 0, at = 0;

    while (*state != 0 && at < length) {
        if (bytes[at] == end[*state]) {
            at++;
            if (++*state == 4) { count++; *state = 0; }
        } else {
            /* "\r\n\r" before another "\r" cannot go on as an empty line, but the new "\r" may start one */
            *state = bytes[at] == '\r';
            at++;
        }
    }

    for (const char *found; (found = memmem(bytes + at, length - at, end, 4)) != NULL; at = (int)(found - bytes) + 4) count++;

    if (at == length) return count;
    for (int tail = 3; tail > 0; tail--) {
        if (length - at >= tail && memcmp(bytes + length - tail, end, tail) == 0) {
            *state = tail;
            break;
        }
    }
    return count;
}

/* Sends all of it. wrk reads what it asked for, so a full socket buffer passes at once; waiting for it keeps this file short. */
static int send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return -1;
        if (sent > 0) { bytes += sent; length -= sent; }
    }
    return 0;
}

static int fail(const char *what)
{
    perror(what);
    return 1;
}

int main(int count, char **arguments)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(count > 1 ? (unsigned short)atoi(arguments[1]) : 0),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t size = sizeof address;
    int yes = 1;

    for (int i = 0; i < most_answers; i++) memcpy(answers + (size_t)i * answer_size, answer, answer_size);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0) return fail("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, size) < 0) return fail("bind");
    if (listen(listener, 1024) < 0) return fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("http://localhost:%d/\n", ntohs(address.sin_port));
    fflush(stdout);

    int loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[256];
    if (loop < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event) < 0) return fail("epoll");

    for (;;) {
        int ready = epoll_wait(loop, events, 256, -1);

        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;

            if (fd == listener) {
                for (int peer; (peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
                    if (peer >= most_sockets) { close(peer); continue; }
                    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                    matched[peer] = 0;
                    event.data.fd = peer;
                    epoll_ctl(loop, EPOLL_CTL_ADD, peer, &event);
                }
                continue;
            }

            ssize_t received = recv(fd, input, read_size, 0);
            if (received < 0 && errno == EAGAIN) continue;

            int broken = received <= 0;
            int requests = broken ? 0 : count_requests(input, (int)received, &matched[fd]);

            for (; requests > 0 && !broken; requests -= most_answers) {
                int batch = requests < most_answers ? requests : most_answers;
                broken = send_all(fd, answers, (size_t)batch * answer_size) < 0;
            }
            if (broken) close(fd);
        }
    }
}
