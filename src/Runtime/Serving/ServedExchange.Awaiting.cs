using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

// Handlers that wait before they reply
internal abstract partial class ServedExchange
{
    public override void ReplyWhenDone(ValueTask<string?> pending)
    {
        if (pending.IsCompletedSuccessfully) Reply(pending.Result);
        else new AwaitedText(this, pending).Wait();
    }

    public override void ReplyWhenDone(ValueTask<byte[]?> pending)
    {
        if (pending.IsCompletedSuccessfully) Reply(pending.Result);
        else new AwaitedBytes(this, pending).Wait();
    }

    public override void ReplyWhenDone(ValueTask<Response?> pending)
    {
        if (pending.IsCompletedSuccessfully) Reply(pending.Result);
        else new AwaitedResponse(this, pending).Wait();
    }

    public override void ReplyEmptyWhenDone(ValueTask pending)
    {
        if (pending.IsCompletedSuccessfully)
        {
            pending.GetAwaiter().GetResult();
            ReplyEmpty();
        }
        else new AwaitedEnd(this, pending).Wait();
    }

    public override void ReplyJsonWhenDone<T>(ValueTask<T?> pending, JsonTypeInfo<T> type) where T : default
    {
        if (pending.IsCompletedSuccessfully) ReplyJson(pending.Result, type);
        else new AwaitedJson<T>(this, pending, type).Wait();
    }

    public override void ReplyEitherWhenDone<T>(ValueTask<Response<T>> pending, JsonTypeInfo<T> type)
    {
        if (pending.IsCompletedSuccessfully) ReplyEither(pending.Result, type);
        else new AwaitedEither<T>(this, pending, type).Wait();
    }

    /// <summary>
    /// The reply of a handler that has not returned yet. What an async method would do, with two small objects in place
    /// of a state machine that is copied into its box: some 250 instructions of every awaiting request.
    /// </summary>
    private abstract class Awaited(ServedExchange exchange)
    {
        // What the reply may run of the user's, [Error] and JSON converters, sees the values of this moment, as after
        // any await, and not those of whoever completes the task
        private readonly ExecutionContext? _context = ExecutionContext.Capture();

        /// <summary>Detaches the exchange and replies as soon as the handler has returned, on whichever thread.</summary>
        public void Wait()
        {
            exchange.Detach();
            if (IsCompleted) Finish();              // it has thrown before its first await
            else Register(GoOn);
        }

        protected abstract bool IsCompleted { get; }

        protected abstract void Register(Action continuation);

        /// <summary>Takes the result, throws what the handler has thrown, and replies.</summary>
        protected abstract void Reply(ServedExchange exchange);

        private void GoOn()
        {
            if (_context is null) Finish();
            else ExecutionContext.Run(_context, static awaited => ((Awaited)awaited!).Finish(), this);
        }

        private void Finish()
        {
            try { Reply(exchange); }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    private abstract class Awaited<T>(ServedExchange exchange, ValueTask<T> pending) : Awaited(exchange)
    {
        private readonly ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter _awaiter =
            pending.ConfigureAwait(false).GetAwaiter();

        protected T Result => _awaiter.GetResult();

        protected sealed override bool IsCompleted => _awaiter.IsCompleted;

        protected sealed override void Register(Action continuation) => _awaiter.UnsafeOnCompleted(continuation);
    }

    private sealed class AwaitedText(ServedExchange exchange, ValueTask<string?> pending)
        : Awaited<string?>(exchange, pending)
    {
        protected override void Reply(ServedExchange exchange) => exchange.Reply(Result);
    }

    private sealed class AwaitedBytes(ServedExchange exchange, ValueTask<byte[]?> pending)
        : Awaited<byte[]?>(exchange, pending)
    {
        protected override void Reply(ServedExchange exchange) => exchange.Reply(Result);
    }

    private sealed class AwaitedResponse(ServedExchange exchange, ValueTask<Response?> pending)
        : Awaited<Response?>(exchange, pending)
    {
        protected override void Reply(ServedExchange exchange) => exchange.Reply(Result);
    }

    private sealed class AwaitedJson<T>(ServedExchange exchange, ValueTask<T?> pending, JsonTypeInfo<T> type)
        : Awaited<T?>(exchange, pending)
    {
        protected override void Reply(ServedExchange exchange) => exchange.ReplyJson(Result, type);
    }

    private sealed class AwaitedEither<T>(
        ServedExchange exchange, ValueTask<Response<T>> pending, JsonTypeInfo<T> type)
        : Awaited<Response<T>>(exchange, pending)
    {
        protected override void Reply(ServedExchange exchange) => exchange.ReplyEither(Result, type);
    }

    private sealed class AwaitedEnd(ServedExchange exchange, ValueTask pending) : Awaited(exchange)
    {
        private readonly ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter =
            pending.ConfigureAwait(false).GetAwaiter();

        protected override bool IsCompleted => _awaiter.IsCompleted;

        protected override void Register(Action continuation) => _awaiter.UnsafeOnCompleted(continuation);

        protected override void Reply(ServedExchange exchange)
        {
            _awaiter.GetResult();
            exchange.ReplyEmpty();
        }
    }
}
