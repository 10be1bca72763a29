using System.Buffers;
using System.IO.Pipelines;
using Prebake.Http1;

namespace Prebake.Tests.Messages;

/// <summary>The pipe between a handler that writes piece by piece and its loop, with a loop of the test's own.</summary>
public class StreamPipeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_goes_in_comes_out_in_order_and_no_wake_up_is_lost(int seed)
    {
        var woken = new SemaphoreSlim(0);
        var pipe = new StreamPipe(() => woken.Release());
        Task produce = Task.Run(async () =>
        {
            var random = new Random(seed);
            byte next = 0;
            for (int i = 0; i < 20_000; i++)
            {
                int size = random.Next(20) switch { 0 => random.Next(50_000), < 5 => random.Next(3_000), _ => random.Next(60) };
                Span<byte> to = pipe.GetSpan(size);
                for (int j = 0; j < size; j++) to[j] = next++;
                pipe.Advance(size);
                if (random.Next(3) > 0) await pipe.FlushAsync();
                if (random.Next(100) == 0) await Task.Yield();
            }

            pipe.Complete();
        });

        byte expected = 0;
        byte[]? block = null;
        while (true)
        {
            bool isCompleted = pipe.IsCompleted;
            if (pipe.TryTake(ref block, out int length))
            {
                for (int i = 0; i < length; i++)
                    if (block![i] != expected++) Assert.Fail("out of order");
                pipe.Taken(length);
                Assert.InRange(pipe.Length, 0, (32 << 10) + 110_000);
                continue;
            }

            if (isCompleted) break;
            Assert.True(await woken.WaitAsync(s_patience), "not woken");
        }

        await produce.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_producer_waits_for_its_reader_and_goes_on()
    {
        var pipe = new StreamPipe(() => { });
        Assert.False((await pipe.WriteAsync(new byte[32 << 10])).IsCompleted);
        ValueTask<FlushResult> second = pipe.WriteAsync(new byte[1]);
        Assert.False(second.IsCompleted);

        byte[]? block = null;
        Assert.True(pipe.TryTake(ref block, out int length));
        pipe.Taken(length);
        FlushResult result = await second.AsTask().WaitAsync(s_patience);
        Assert.False(result.IsCompleted || result.IsCanceled);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_waiting_and_every_flush_says_so()
    {
        var pipe = new StreamPipe(() => { });
        ValueTask<FlushResult> waiting = pipe.WriteAsync(new byte[100_000]);
        pipe.StopReading(null);
        Assert.True((await waiting.AsTask().WaitAsync(s_patience)).IsCompleted);
        Assert.True((await pipe.WriteAsync(new byte[100_000])).IsCompleted);
        Assert.True((await pipe.FlushAsync()).IsCompleted);
        pipe.Complete();
    }

    [Fact]
    public async Task A_flush_can_be_cancelled_in_both_ways()
    {
        var pipe = new StreamPipe(() => { });
        using var source = new CancellationTokenSource();
        pipe.Write(new byte[100_000]);
        ValueTask<FlushResult> waiting = pipe.FlushAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask().WaitAsync(s_patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pipe.FlushAsync(source.Token));

        ValueTask<FlushResult> again = pipe.FlushAsync();
        Assert.False(again.IsCompleted);
        pipe.CancelPendingFlush();
        Assert.True((await again.AsTask().WaitAsync(s_patience)).IsCanceled);
        pipe.CancelPendingFlush();
        Assert.True((await pipe.FlushAsync()).IsCanceled);
    }

    [Fact]
    public void What_was_not_flushed_goes_with_the_completion_and_a_fault_behind_it()
    {
        int woken = 0;
        var pipe = new StreamPipe(() => woken++);
        byte[]? block = null;
        Assert.False(pipe.TryTake(ref block, out _));
        pipe.Write("abc"u8);
        Assert.Equal(3, pipe.UnflushedBytes);
        var fault = new InvalidOperationException();
        pipe.Complete(fault);
        Assert.Equal(1, woken);
        Assert.True(pipe.IsCompleted);
        Assert.True(pipe.TryTake(ref block, out int length));
        Assert.Equal("abc"u8.ToArray(), block.AsSpan(0, length).ToArray());
        Assert.Same(fault, pipe.Fault);
        Assert.Throws<ArgumentOutOfRangeException>(() => pipe.Advance(1));
    }
}
