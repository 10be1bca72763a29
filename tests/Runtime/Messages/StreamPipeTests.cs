using System.Buffers;
using System.IO.Pipelines;
using Prebake.Http;

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
        var pipe = new StreamPipe(_ => woken.Release(), null, isShown: false);
        Task produce = Task.Run(async () =>
        {
            var random = new Random(seed);
            byte next = 0;
            for (int i = 0; i < 20_000; i++)
            {
                int size = random.Next(20) switch { 0 => random.Next(50_000), < 5 => random.Next(3_000), _ => random.Next(60) };
                if (size > 0 && random.Next(3) == 0)
                {
                    var shared = new byte[size];
                    for (int j = 0; j < size; j++) shared[j] = next++;
                    pipe.WriteShared(shared);
                }
                else
                {
                    Span<byte> to = pipe.GetSpan(size);
                    for (int j = 0; j < size; j++) to[j] = next++;
                    pipe.Advance(size);
                }

                if (random.Next(3) > 0) await pipe.FlushAsync();
                if (random.Next(100) == 0) await Task.Yield();
            }

            pipe.Complete();
        });

        byte expected = 0;
        while (true)
        {
            StreamPipe.Look found = pipe.Take(out StreamPipe.Block block);
            if (found is StreamPipe.Look.Completed) break;

            for (int i = 0; i < block.Length; i++)
                if (block.Bytes[i] != expected++) Assert.Fail("out of order");
            if (found is not StreamPipe.Look.Empty)
            {
                if (!block.IsSmall) pipe.Taken(block.Length);
                pipe.GiveBack(block);
            }

            Assert.InRange(pipe.Length, 0, (32 << 10) + 250_000);
            if (found is StreamPipe.Look.More) continue;

            Assert.True(await woken.WaitAsync(s_patience), "not woken");
        }

        await produce.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_shared_array_is_pointed_to_when_it_leaves_alone_and_copied_with_others()
    {
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
        byte[] one = "one"u8.ToArray(), two = "two"u8.ToArray();

        pipe.WriteShared(one);
        Assert.Equal(3, pipe.UnflushedBytes);
        await pipe.FlushAsync();
        pipe.WriteShared(one);
        pipe.WriteShared(two);
        pipe.Write("!"u8);
        await pipe.FlushAsync();
        pipe.WriteShared(two);
        pipe.Complete();

        Assert.Equal(StreamPipe.Look.More, pipe.Take(out StreamPipe.Block alone));
        Assert.Same(one, alone.Bytes);
        Assert.Equal(StreamPipe.Look.More, pipe.Take(out StreamPipe.Block together));
        Assert.Equal("onetwo!"u8.ToArray(), together.Bytes.AsSpan(0, together.Length).ToArray());
        pipe.GiveBack(alone);
        pipe.GiveBack(together);
        Assert.Equal(StreamPipe.Look.More, pipe.Take(out StreamPipe.Block last));
        Assert.Same(two, last.Bytes);
        Assert.Equal(StreamPipe.Look.Completed, pipe.Take(out _));
        Assert.Equal("one"u8.ToArray(), one);
    }

    [Fact]
    public async Task A_producer_waits_for_its_reader_and_goes_on()
    {
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
        Assert.False((await pipe.WriteAsync(new byte[32 << 10])).IsCompleted);
        ValueTask<FlushResult> second = pipe.WriteAsync(new byte[1]);
        Assert.False(second.IsCompleted);

        Assert.Equal(StreamPipe.Look.More, pipe.Take(out StreamPipe.Block block));
        pipe.Taken(block.Length);
        FlushResult result = await second.AsTask().WaitAsync(s_patience);
        Assert.False(result.IsCompleted || result.IsCanceled);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_waiting_and_every_flush_says_so()
    {
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
        ValueTask<FlushResult> waiting = pipe.WriteAsync(new byte[100_000]);
        pipe.StopReading();
        Assert.True((await waiting.AsTask().WaitAsync(s_patience)).IsCompleted);
        Assert.True((await pipe.WriteAsync(new byte[100_000])).IsCompleted);
        Assert.True((await pipe.FlushAsync()).IsCompleted);
        pipe.Complete();
    }

    [Fact]
    public async Task A_flush_can_be_cancelled_in_both_ways()
    {
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
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
        var pipe = new StreamPipe(_ => woken++, null, isShown: false);
        Assert.Equal(StreamPipe.Look.Empty, pipe.Take(out _));
        pipe.Write("abc"u8);
        Assert.Equal(3, pipe.UnflushedBytes);
        var fault = new InvalidOperationException();
        pipe.Complete(fault);
        Assert.Equal(1, woken);
        Assert.True(pipe.IsCompleted);
        Assert.Equal(StreamPipe.Look.More, pipe.Take(out StreamPipe.Block block));
        Assert.Equal("abc"u8.ToArray(), block.Bytes.AsSpan(0, block.Length).ToArray());
        Assert.Same(fault, pipe.Fault);
        Assert.Throws<ArgumentOutOfRangeException>(() => pipe.Advance(1));
    }
}
