using System.Text;
using System.Threading.Tasks.Sources;
using Prebake.Http;

namespace Prebake.Tests.Messages;

/// <summary>A sequence on its way into the pipe: what it waits for, in whose context it goes on, and how it ends.</summary>
public class PieceSourceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public async Task A_sequence_goes_on_in_the_context_that_it_began_in()
    {
        var pieces = new HandFed();
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
        s_local.Value = "ours";
        Task produced = new TextSource(pieces).ProduceAsync(pipe, CancellationToken.None);
        s_local.Value = null;

        for (int i = 0; i < 3; i++)
        {
            s_local.Value = "a stranger's";
            pieces.Feed(true);
            Assert.Equal("a stranger's", s_local.Value);
            s_local.Value = null;
            pieces.Feed(true);
        }

        pieces.Feed(false);
        await produced.WaitAsync(s_patience);
        Assert.All(pieces.Contexts, context => Assert.Equal("ours", context));
        Assert.Equal(7, pieces.Contexts.Count);
        Assert.True(pieces.IsDisposed);

        pipe.Complete();
        Assert.Equal("0 1 2 3 4 5 ", Drain(pipe));
    }

    [Fact]
    public async Task Nobody_left_to_read_ends_a_sequence_behind_the_piece_it_is_at()
    {
        var pieces = new HandFed();
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
        Task produced = new TextSource(pieces).ProduceAsync(pipe, CancellationToken.None);
        pieces.Feed(true);
        pipe.StopReading();
        pieces.Feed(true);
        Assert.False(pieces.IsDisposed);            // it was asked for one more before the flush could say so
        pieces.Feed(true);
        await produced.WaitAsync(s_patience);
        Assert.True(pieces.IsDisposed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_sequence_throws_comes_out_behind_its_disposal(bool atOnce)
    {
        var pieces = new HandFed { ThrowsAtOnce = atOnce };
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
        Task produced = new TextSource(pieces).ProduceAsync(pipe, CancellationToken.None);
        if (!atOnce) pieces.Fail(new NotSupportedException());
        await Assert.ThrowsAsync<NotSupportedException>(() => produced.WaitAsync(s_patience));
        Assert.True(pieces.IsDisposed);
    }

    [Fact]
    public async Task A_full_pipe_holds_a_sequence_up_that_never_waits()
    {
        int produced = 0;
        var pipe = new StreamPipe(_ => { }, null, isShown: false);
        Task all = new TextSource(Many()).ProduceAsync(pipe, CancellationToken.None);
        Assert.InRange(produced, 32, 100);

        var text = new StringBuilder();
        while (!all.IsCompleted)
        {
            text.Append(Drain(pipe));
            await Task.Yield();
        }

        await all;
        pipe.Complete();
        text.Append(Drain(pipe));
        Assert.Equal(1_000 * 1_024, text.Length);

        async IAsyncEnumerable<string> Many()
        {
            await Task.CompletedTask;
            for (; produced < 1_000; produced++) yield return new string('x', 1_024);
        }
    }

    private static string Drain(StreamPipe pipe)
    {
        var text = new StringBuilder();
        while (pipe.Take(out StreamPipe.Block block) is StreamPipe.Look.More or StreamPipe.Look.Last)
        {
            text.Append(Encoding.UTF8.GetString(block.Bytes, 0, block.Length));
            if (!block.IsSmall) pipe.Taken(block.Length);
            pipe.GiveBack(block);
        }

        return text.ToString();
    }

    /// <summary>A sequence whose next piece comes from whatever thread and context the test is in.</summary>
    private sealed class HandFed : IAsyncEnumerable<string>, IAsyncEnumerator<string>, IValueTaskSource<bool>
    {
        private ManualResetValueTaskSourceCore<bool> _next;
        private int _count;

        public List<string?> Contexts { get; } = [];
        public bool ThrowsAtOnce { get; init; }
        public bool IsDisposed { get; private set; }
        public string Current => $"{_count++} ";

        public void Feed(bool more) => _next.SetResult(more);

        public void Fail(Exception error) => _next.SetException(error);

        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync()
        {
            Contexts.Add(s_local.Value);
            if (ThrowsAtOnce) throw new NotSupportedException();

            _next.Reset();
            return new(this, _next.Version);
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }

        bool IValueTaskSource<bool>.GetResult(short token) => _next.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _next.GetStatus(token);

        void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _next.OnCompleted(continuation, state, token, flags);
    }
}
