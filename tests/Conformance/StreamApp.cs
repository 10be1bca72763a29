using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Prebake.Conformance;

/// <summary>Every way to answer piece by piece. What a sequence waits for is released by its test.</summary>
internal sealed partial class StreamApp
{
    /// <summary>What <c>/channel</c> and <c>/events</c> yield.</summary>
    public Channel<string> Source { get; } = Channel.CreateUnbounded<string>();

    /// <summary>Completes when the <c>finally</c> of a sequence has run; whether its token had fired.</summary>
    public TaskCompletionSource<bool> Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Produced;

    [Get("/at-once")] private static async IAsyncEnumerable<string> AtOnce()
    {
        yield return "one ";
        yield return "";
        yield return "two \u00e9";
        await Task.CompletedTask;
    }

    [Get("/channel")] private async IAsyncEnumerable<string> FromChannel([EnumeratorCancellation] CancellationToken aborted)
    {
        Started.TrySetResult();
        try
        {
            await foreach (string text in Source.Reader.ReadAllAsync(aborted)) yield return text;
        }
        finally
        {
            Disposed.TrySetResult(aborted.IsCancellationRequested);
        }
    }

    [Get("/deaf")] private async IAsyncEnumerable<string> Deaf()
    {
        try
        {
            for (int i = 0; ; i++)
            {
                yield return $"{i};";
                await Task.Delay(5);
            }
        }
        finally
        {
            Disposed.TrySetResult(false);
        }
    }

    [Get("/bytes")] private static async IAsyncEnumerable<byte[]> Bytes()
    {
        yield return [0, 1, 2];
        await Task.Yield();
        yield return [255];
    }

    [Get("/memory")] private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Memory()
    {
        byte[] one = [7];
        for (byte i = 0; i < 3; i++)
        {
            one[0] = i;
            yield return one;
            await Task.Yield();
        }
    }

    [Get("/points")] private static async IAsyncEnumerable<Point> Points()
    {
        yield return new Point(1, 2);
        await Task.Yield();
        yield return new Point(3, 4);
    }

    [Get("/events")] private async IAsyncEnumerable<ServerSentEvent> Events(Request request, [EnumeratorCancellation] CancellationToken aborted)
    {
        Started.TrySetResult();
        try
        {
            if (request.LastEventId is { } last) yield return new ServerSentEvent($"after {last}");
            await foreach (string text in Source.Reader.ReadAllAsync(aborted)) yield return text;
        }
        finally
        {
            Disposed.TrySetResult(aborted.IsCancellationRequested);
        }
    }

    [Get("/framing")] private static async IAsyncEnumerable<ServerSentEvent> Framing()
    {
        yield return "plain";
        yield return new ServerSentEvent("one\ntwo\r\nthree\rfour\n") { Event = "lines", Id = "5", Retry = TimeSpan.FromMilliseconds(1500), Comment = "look" };
        yield return new ServerSentEvent { Id = "" };
        yield return new ServerSentEvent("");
        yield return ServerSentEvent.Json(new Point(1, 2), TestJson.Default.Point, "point");
        await Task.CompletedTask;
    }

    [Get("/flood")] private async IAsyncEnumerable<byte[]> Flood()
    {
        for (int i = 0; i < 4096; i++)
        {
            var block = new byte[4096];
            Array.Fill(block, (byte)i);
            Interlocked.Add(ref Produced, block.Length);
            yield return block;
            if (i % 16 == 0) await Task.Yield();
        }
    }

    [Get("/throws-first")] private static async IAsyncEnumerable<string> ThrowsFirst()
    {
        await Task.Yield();
        if (DateTime.UnixEpoch.Year == 1970) throw new InvalidOperationException("woops");
        yield return "never";
    }

    [Get("/throws-later")] private async IAsyncEnumerable<string> ThrowsLater()
    {
        yield return "first";
        await Source.Reader.WaitToReadAsync();
        throw new InvalidOperationException("woops");
    }

    [Get("/null")] private static IAsyncEnumerable<string>? Null() => null;

    [Get("/typed"), Header("Content-Type", "text/csv")] private static async IAsyncEnumerable<string> Typed()
    {
        yield return "a,b\n";
        await Task.CompletedTask;
    }

    [Get("/trailers")] private static async IAsyncEnumerable<string> Trailers(Request request)
    {
        yield return "body";
        await Task.Yield();
        request.ResponseTrailers["Server-Timing"] = "total;dur=5";
    }

    [Get("/announced")] private static Response Announced()
    {
        Response response = null!;
        response = Response.Stream(async (body, aborted) =>
        {
            await body.WriteAsync("body"u8.ToArray(), aborted);
            response.Trailers["X-Sum"] = "42";
        });
        response.Trailers["X-Sum"] = "";
        return response;
    }

    [Get("/copied")] private Response Copied() => Response.Stream(new Disposing(Encoding.UTF8.GetBytes(new string('x', 100_000)), Disposed), "text/plain");

    [Post("/both")] private static async IAsyncEnumerable<string> Both(Request request)
    {
        while (true)
        {
            var read = await request.Body.ReadAsync();
            if (read.Buffer.Length > 0) yield return $"{read.Buffer.Length};";
            request.Body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) yield break;
        }
    }

    [Get("/text")] private static string Text() => "text";

    private sealed class Disposing(byte[] content, TaskCompletionSource<bool> disposed) : MemoryStream(content)
    {
        protected override void Dispose(bool disposing) => disposed.TrySetResult(true);
    }
}
