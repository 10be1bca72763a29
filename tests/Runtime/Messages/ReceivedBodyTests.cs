using System.Buffers;
using System.Text;
using Prebake.Serving;

namespace Prebake.Tests.Messages;

/// <summary>The buffer of a body goes back to the pool when nobody can look at it any more, and not before.</summary>
public sealed class ReceivedBodyTests
{
    private static ReceivedBody Whole(string text)
    {
        var body = new ReceivedBody(null!);
        body.Start(text.Length);
        body.Feed(Encoding.ASCII.GetBytes(text));
        body.Finish(null);
        return body;
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment) ? segment.Array! : [];

    // What this thread has given back last is what it is given next. From both ends of what it may have given back meanwhile
    private static bool IsInPool(byte[] array)
    {
        byte[][] rented = [.. Enumerable.Range(0, 4).Select(_ => ArrayPool<byte>.Shared.Rent(array.Length))];
        return rented.Contains(array);
    }

    private static ReadOnlyMemory<byte> Read(ReceivedBody body)
    {
        ValueTask<ReadOnlyMemory<byte>> read = body.ReadAllAsync();
        Assert.True(read.IsCompletedSuccessfully);
        return read.Result;
    }

    [Fact]
    public void A_buffer_that_was_copied_goes_back_when_the_request_ends()
    {
        ReceivedBody body = Whole("hello");
        byte[] buffer = ArrayOf(Read(body));
        body.GiveBack();
        Assert.Equal("hello", Encoding.ASCII.GetString(Read(body).Span));
        body.GiveBack();
        Assert.False(IsInPool(buffer));
        Assert.True(body.End());
        Assert.True(IsInPool(buffer));
    }

    [Fact]
    public void A_buffer_that_somebody_still_reads_does_not_go_back()
    {
        ReceivedBody body = Whole("hello");
        byte[] buffer = ArrayOf(Read(body));
        Read(body);
        body.GiveBack();
        Assert.True(body.End());
        body.GiveBack();
        Assert.False(IsInPool(buffer));
        Assert.Throws<ObjectDisposedException>(() => { _ = body.ReadAllAsync(); });
    }

    [Fact]
    public void A_buffer_that_user_code_reads_as_a_pipe_does_not_go_back()
    {
        ReceivedBody body = Whole("hello");
        Assert.True(body.Reader.TryRead(out System.IO.Pipelines.ReadResult read));
        byte[] buffer = ArrayOf(read.Buffer.First);
        Assert.True(body.End());
        Assert.False(IsInPool(buffer));
        Assert.Equal("hello", Encoding.ASCII.GetString(read.Buffer));
    }

    [Fact]
    public void Many_threads_read_what_came_while_the_request_ends()
    {
        string text = new('x', 50_000);
        for (int round = 0; round < 200; round++)
        {
            ReceivedBody body = Whole(text);
            Parallel.For(0, 4, i =>
            {
                if (i == 3)
                {
                    body.End();
                    byte[] next = ArrayPool<byte>.Shared.Rent(text.Length);
                    Array.Fill(next, (byte)'!');
                    ArrayPool<byte>.Shared.Return(next);
                    return;
                }

                try
                {
                    string seen = Encoding.ASCII.GetString(Read(body).Span);
                    body.GiveBack();
                    Assert.Equal(text, seen);
                }
                catch (ObjectDisposedException)
                {
                    // The request had ended
                }
            });
        }
    }
}
