using System.Diagnostics;
using static Prebake.Transports.Linux.LibC;
using static Prebake.Transports.Linux.Uring.UringAbi;

namespace Prebake.Transports.Linux.Uring;

/// <summary>
/// The two queues that are shared with the kernel: what it is asked for, and what has come of it. All calls but the constructor on one thread, which is what
/// lets the kernel do without locks and without interrupting it.
/// </summary>
internal sealed unsafe class Ring : IDisposable
{
    // What is asked for between two system calls; when it is more, there is one more call
    public const uint Submissions = 256;

    // More than one wait brings under load. When it is not enough the kernel keeps the rest, and Collect asks again.
    private const uint Completions = 2048;

    private readonly int _descriptor;
    private readonly byte* _rings;
    private readonly nuint _ringsSize;
    private readonly Submission* _entries;
    private readonly uint* _submissionTail, _submissionFlags;
    private readonly uint* _completionHead, _completionTail;
    private readonly Completion* _completions;
    private readonly uint _submissionMask, _completionMask;

    private int _enterDescriptor;
    private uint _enterFlags;
    private bool _isEnabled;                    // until then the kernel takes nothing
    private uint _tail;                 // of what has been prepared
    private uint _submitted;            // of what the kernel has taken
    private uint _head;                 // of what has been collected

    private Ring(int descriptor, in Parameters parameters)
    {
        _descriptor = _enterDescriptor = descriptor;
        _submissionMask = parameters.SubmissionEntries - 1;
        _completionMask = parameters.CompletionEntries - 1;

        _ringsSize = Math.Max(parameters.Submission.Array + (parameters.SubmissionEntries * sizeof(uint)),
            parameters.Completion.Completions + (parameters.CompletionEntries * (uint)sizeof(Completion)));
        _rings = mmap(null, _ringsSize, PROT_READ_WRITE, MAP_SHARED, descriptor, IORING_OFF_SQ_RING);
        _entries = (Submission*)mmap(null, parameters.SubmissionEntries * (nuint)sizeof(Submission), PROT_READ_WRITE, MAP_SHARED, descriptor, IORING_OFF_SQES);
        if (_rings == (byte*)-1 || _entries == (Submission*)-1) return;

        _submissionTail = (uint*)(_rings + parameters.Submission.Tail);
        _submissionFlags = (uint*)(_rings + parameters.Submission.Flags);
        _completionHead = (uint*)(_rings + parameters.Completion.Head);
        _completionTail = (uint*)(_rings + parameters.Completion.Tail);
        _completions = (Completion*)(_rings + parameters.Completion.Completions);

        // Entry i is always at place i
        var array = (uint*)(_rings + parameters.Submission.Array);
        for (uint i = 0; i < parameters.SubmissionEntries; i++) array[i] = i;
    }

    /// <summary>
    /// Makes a ring that does what the loop needs, or says in <paramref name="error"/> why the kernel does not: it is older than 6.1, or the machine's or the
    /// container's owner forbids it.
    /// </summary>
    public static Ring? TryCreate(out int error)
    {
        var parameters = new Parameters
        {
            // DEFER_TASKRUN: completions are made when this thread asks for them, all at once. R_DISABLED: that thread is not the one that makes the ring
            Flags = IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
            CompletionEntries = Completions,
        };

        int descriptor = io_uring_setup(Submissions, &parameters);
        error = descriptor < 0 ? Errno : 0;
        if (descriptor < 0) return null;

        const uint Needed = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;
        if ((parameters.Features & Needed) != Needed)
        {
            close(descriptor);
            error = ENOSYS;
            return null;
        }

        var ring = new Ring(descriptor, parameters);
        if (ring._completions is not null) return ring;

        ring.Dispose();
        error = ENOMEM;
        return null;
    }

    /// <summary>How many entries have been prepared and submitted since the start: an entry with a number above the second is still here.</summary>
    public uint Prepared => _tail;
    public uint Submitted => _submitted;

    /// <summary>Makes the calling thread the one that uses the ring.</summary>
    public void Enable()
    {
        if (io_uring_register(_descriptor, IORING_REGISTER_ENABLE_RINGS, null, 0) != 0)
            throw new IOException($"The kernel refused to enable an io_uring (errno {Errno}).");
        _isEnabled = true;

        // Spares the kernel the look-up of the descriptor at each call. Without it everything works
        var update = new ResourceUpdate { Offset = uint.MaxValue, Data = (ulong)_descriptor };
        if (io_uring_register(_descriptor, IORING_REGISTER_RING_FDS, &update, 1) != 1) return;

        _enterDescriptor = (int)update.Offset;
        _enterFlags = IORING_ENTER_REGISTERED_RING;
    }

    /// <summary>Lets receives choose among these buffers. False when the kernel does not.</summary>
    public bool TryRegister(BufferRing buffers) => io_uring_register(_descriptor, IORING_REGISTER_PBUF_RING, &buffers, 1) == 0;

    public bool IsFull => _tail - _submitted > _submissionMask;

    /// <summary>The next entry, empty. The queue must not be full.</summary>
    public ref Submission Prepare()
    {
        Debug.Assert(!IsFull);

        ref Submission entry = ref _entries[_tail++ & _submissionMask];
        entry = default;
        return ref entry;
    }

    /// <summary>An entry that has been prepared and not been submitted yet, by its number.</summary>
    public ref Submission Entry(uint number) => ref _entries[number & _submissionMask];

    /// <summary>The kernel had no memory to keep a completion, so somebody will wait for one for ever.</summary>
    public bool HasLost { get; set; }

    /// <summary>Hands over what has been prepared, without waiting for anything.</summary>
    public void Submit()
    {
        for (int tries = 0; _tail != _submitted; tries++)
        {
            if (tries > 10) Thread.Sleep(1);
            Enter(0, 0, null, 0);
        }
    }

    /// <summary>Hands over what has been prepared and waits for a completion: so many milliseconds at most, or for ever (−1).</summary>
    public void SubmitAndWait(int timeout)
    {
        var time = new Timespec { Seconds = timeout / 1000, Nanoseconds = timeout % 1000 * 1_000_000L };
        var argument = new WaitArgument { Timeout = timeout > 0 ? (ulong)&time : 0 };

        Enter(timeout == 0 ? 0u : 1u, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument, sizeof(WaitArgument));
        Submit();           // most often nothing is left
    }

    /// <summary>Takes the next completion that is there.</summary>
    public bool TryCollect(out Completion completion)
    {
        if (_head == Volatile.Read(ref *_completionTail))
        {
            Volatile.Write(ref *_completionHead, _head);
            // The queue had been full: the kernel moves on what it has kept when it is asked
            if ((Volatile.Read(ref *_submissionFlags) & IORING_SQ_CQ_OVERFLOW) == 0 || !Refill())
            {
                completion = default;
                return false;
            }
        }

        completion = _completions[_head++ & _completionMask];
        return true;
    }

    /// <summary>Ends everything that is still asked for, so that the kernel lets go of every socket and writes nowhere any more.</summary>
    public void CancelAll()
    {
        if (!_isEnabled) return;            // the kernel has been given nothing yet

        Submit();
        var all = new SyncCancel { Flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL, Timeout = new Timespec { Seconds = 1 } };
        io_uring_register(_descriptor, IORING_REGISTER_SYNC_CANCEL, &all, 1);

        // What is canceled ends when this thread asks for completions
        do SubmitAndWait(0); while (Skip() > 0);
    }

    public void Dispose()
    {
        close(_descriptor);
        if (_rings != (byte*)-1) munmap(_rings, _ringsSize);
        if (_entries != (Submission*)-1) munmap(_entries, (_submissionMask + 1) * (nuint)sizeof(Submission));
    }

    private int Skip()
    {
        int count = 0;
        while (TryCollect(out _)) count++;
        return count;
    }

    private bool Refill()
    {
        Enter(0, IORING_ENTER_GETEVENTS, null, 0);
        return _head != Volatile.Read(ref *_completionTail);
    }

    private void Enter(uint wait, uint flags, void* argument, nint size)
    {
        Volatile.Write(ref *_submissionTail, _tail);
        int result = io_uring_enter(_enterDescriptor, _tail - _submitted, wait, flags | _enterFlags, argument, size);
        if (result >= 0)
        {
            _submitted += (uint)result;
            return;
        }

        // Memory is short, or the kernel wants its completions collected first: both pass
        int error = Errno;
        if (error is EAGAIN or EBUSY) Thread.Yield();
        else if (error == EBADR) HasLost = true;
        else if (error is not (EINTR or ETIME))
            throw new IOException($"The kernel refused to go on with an io_uring (errno {error}).");
    }
}
