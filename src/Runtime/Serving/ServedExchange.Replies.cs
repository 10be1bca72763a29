using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Files;
using Prebake.Http;
using Prebake.Routing;
using Prebake.Shared;

namespace Prebake.Serving;

// What a handler's result becomes. On the loop it is written at once; elsewhere it is kept and posted back.
internal abstract partial class ServedExchange
{
    // Above it a buffer is dropped after its response: one large answer must not stay in memory for ever
    private const int LargestKeptBuffer = 1 << 20;

    [ThreadStatic] private static ArrayBufferWriter<byte>? t_json;

    private bool _fallsThrough;
    private int _success = 200;             // the status of a result that says none
    private string? _declined;              // the path parameter for which the route that was tried last is not the one

    public override void Reply(string? text)
    {
        if (text is null) ReplyNotFound();
        else if (State is ExchangeState.Detached) Keep(new KeptReply(KeptKind.Text, text));
        else SendText(text);
    }

    public override void ReplyUtf8(ReadOnlySpan<byte> text)
    {
        if (State is ExchangeState.Detached) KeepCopy(text, isJson: false);
        else SendUtf8(text);
    }

    public override void Reply(byte[]? bytes)
    {
        if (bytes is null) ReplyNotFound();
        else if (State is ExchangeState.Detached) Keep(new KeptReply(KeptKind.Memory, bytes));
        else SendMemory(bytes);
    }

    public override void Reply(Response? response)
    {
        if (response is null)
        {
            ReplyNotFound();
        }
        else if (State is ExchangeState.Detached) Keep(new KeptReply(KeptKind.Response, response));
        else SendResponse(response);
    }

    public override void ReplyOrNext(Response? file)
    {
        if (file is null)
        {
            FallThrough();
            return;
        }

        _fallsThrough = true;
        if (_enclosed > 0) Around.EnclosedFile = file;
        Reply(file);
    }

    public override void ReplyJson<T>(T? value, JsonTypeInfo<T> type) where T : default
    {
        if (value is null)
        {
            ReplyNotFound();
            return;
        }

        if (State is ExchangeState.Detached)
        {
            // On the handler's thread: the loop has better things to do. Taken out while it is in use: a getter or a
            // converter may
            // run another handler to its reply, on this very thread
            ArrayBufferWriter<byte> buffer = t_json ?? new ArrayBufferWriter<byte>(1 << 10);
            t_json = null;
            buffer.ResetWrittenCount();
            try
            {
                using (var writer = new Utf8JsonWriter(buffer)) JsonSerializer.Serialize(writer, value, type);
                KeepCopy(buffer.WrittenSpan, isJson: true);
            }
            finally
            {
                if (buffer.Capacity <= LargestKeptBuffer) t_json = buffer;
            }
        }
        else
        {
            JsonBuffer json = Worker.TakeJson();
            try
            {
                JsonSerializer.Serialize(json.Writer, value, type);
                json.Writer.Flush();
                if (_enclosed > 0)
                {
                    Leave(Response.Bytes(json.Bytes.WrittenSpan.ToArray(), MediaType.Json, DefaultStatus), isOwn: true);
                    return;
                }

                Status = DefaultStatus;
                WriteWhole(HeadOf(Status, ContentTypes.JsonBytes), json.Bytes.WrittenSpan);
                SetAnswered();
            }
            finally
            {
                if (json.Bytes.Capacity <= LargestKeptBuffer) Worker.PutBack(json);
            }
        }
    }

    public override void ReplyEmpty() => ReplyStatus(_success is 200 ? 204 : _success);

    public override void ReplyNotFound()
    {
        if (_stage is ErrorStage.Handler) ErrorHandlerDeclined();
        else Refuse(404);
    }

    public override void ReplyMissingBody() =>
        Refuse(400, "This route needs a body.", new FieldError("$", "is required"));

    public override void ReplyBadParameter(string name) =>
        Refuse(
            400, $"The parameter '{name}' is missing or has an invalid value.",
            new FieldError(name, "is missing or has an invalid value"));

    public override void ReplyInvalid(Errors errors) => Refuse(errors.IsMalformed ? 400 : 422, errors.Detail,
        // What is wrong with the body as a whole, as JSON path has it
        [.. errors.Select(error => error.Name.Length == 0 ? error with { Name = "$" } : error)]);

    public override void SetStatus(int status) => _success = status;

    public override void EndWith(Task pending)
    {
        _ = Await(this, pending);

        static async Task Await(ServedExchange exchange, Task pending)
        {
            try { await pending.ConfigureAwait(false); }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    public override bool Decline(string name)
    {
        _declined = name;
        return false;
    }

    /// <summary>No route takes what the path says: 400.</summary>
    public void ReplyDeclined()
    {
        LeaveRoute();
        if (Table.HasErrorHandler && _declined is { } name)
            Refuse(400, $"The parameter '{name}' has an invalid value.", new FieldError(name, "has an invalid value"));
        else ReplyStatus(400);
    }

    /// <summary>101, and the connection is another protocol's as soon as the request is over.</summary>
    public void ReplySwitch(ProtocolSwitch next)
    {
        if (State is ExchangeState.Detached) Keep(new KeptReply(KeptKind.Switch, next));
        else SendSwitch(next);
    }

    /// <summary>A status and nothing else.</summary>
    public void ReplyStatus(int status)
    {
        if (State is ExchangeState.Detached) Keep(new KeptReply(KeptKind.Status, null, status));
        else SendStatus(status);
    }

    /// <summary>405 or the response to OPTIONS: no body, the methods that there are.</summary>
    public void ReplyAllow(int status, MethodSet methods)
    {
        if (_enclosed > 0 || State is ExchangeState.Detached)
        {
            Reply(AllowOf(status, methods));
            return;
        }

        Status = status;
        WriteAllow(status, Table.AllowOf(methods), Table.ClassFieldsOf(Head.Path));
        SetAnswered();
    }

    /// <summary>A route that is finished bytes.</summary>
    public void ReplyStatic(int route)
    {
        Route = route;
        Status = WriteFinished(route);
        SetAnswered();
    }

    /// <summary>Calls the handler on the thread pool: <c>[Blocking]</c>.</summary>
    public void RunOnThreadPool()
    {
        Detach();
        ThreadPool.UnsafeQueueUserWorkItem(static exchange =>
        {
            try
            {
                exchange.EnterActivity();
                if (!exchange.Table.Run(exchange, exchange.Route)) exchange.Keep(new KeptReply(KeptKind.Declined, null));
            }
            catch (Exception e)
            {
                exchange.Fault(e);
            }
        }, this, preferLocal: false);
    }

    // ---- on the loop ------------------------------------------------------------------------------------------------

    private int DefaultStatus => _stage switch
    {
        ErrorStage.None => _success,
        ErrorStage.Handler when _error is HttpException refusal => refusal.Status,
        _ => 500,
    };

    private void SendText(string text)
    {
        if (IsPlain)
        {
            Status = 200;
            WritePlainText(text);
        }
        else if (_enclosed > 0)
        {
            Leave(Response.Text(text, DefaultStatus), isOwn: true);
            return;
        }
        else
        {
            Status = DefaultStatus;
            WriteText(HeadOf(Status, ContentTypes.TextBytes), text);
        }

        SetAnswered();
    }

    private void SendUtf8(ReadOnlySpan<byte> text)
    {
        if (IsPlain)
        {
            Status = 200;
            WritePlainText(text);
        }
        else if (_enclosed > 0)
        {
            Leave(Response.Bytes(text.ToArray(), MediaType.Text, DefaultStatus), isOwn: true);
            return;
        }
        else
        {
            Status = DefaultStatus;
            WriteWhole(HeadOf(Status, ContentTypes.TextBytes), text);
        }

        SetAnswered();
    }

    // A handler's own 200 with no field that anybody has added
    private bool IsPlain => _speaker is Speaker.Route && (Traits & (RouteTraits.HasFields | RouteTraits.HasStatus | Enclosed)) == 0 && _stage is ErrorStage.None && _request?.CookiesToSet is null;

    private void SendMemory(byte[] bytes)
    {
        if (_enclosed > 0)
        {
            Leave(Response.Bytes(bytes, status: DefaultStatus), isOwn: true);
            return;
        }

        Status = DefaultStatus;
        WriteWhole(HeadOf(Status, "application/octet-stream"u8), bytes.AsMemory());
        SetAnswered();
    }

    private void SendStatus(int status)
    {
        if (_enclosed > 0)
        {
            Leave(Response.Empty(status), isOwn: true);
            return;
        }

        Status = status;
        WriteWhole(HeadOf(status, default), default(ReadOnlySpan<byte>));
        SetAnswered();
    }

    private void SendSwitch(ProtocolSwitch next, Headers? more = null)
    {
        if (_enclosed > 0)
        {
            Leave(Response.OfSwitch(next), isOwn: true);
            return;
        }

        Headers? fields = next.UserFields;
        if (more is not null)
        {
            fields = fields?.Snapshot() ?? new Headers(Prebake.FieldsOf.Response);
            foreach ((string name, string value) in more) fields.AddReceived(name, value);
        }

        Status = 101;
        WriteSwitch(HeadOf(101, default, fields, next.Fields), next);
        next.Owned = HoldOwned();
        SetAnswered();
    }

    private void SendResponse(Response response)
    {
        if (_enclosed > 0 && !_fallsThrough)
        {
            Leave(response, isOwn: false);
            return;
        }

        int status = response.StatusOr(DefaultStatus);
        switch (response.BodyKind)
        {
            case ResponseBodyKind.Stream:
                // Taken before anything else happens: a response with a stream that was used already leaves no trace
                StartSender(new StreamSender(this, response, response.TakeStream(), status));
                return;
            case ResponseBodyKind.File:
                PlanFile(response, status);
                return;
            case ResponseBodyKind.Switch:
                SendSwitch((ProtocolSwitch)response.Successor!, response.HeadersOrNull);
                return;
        }

        Span<byte> type = stackalloc byte[128];
        ResponseHead head = HeadOf(status, ContentTypes.Encode(response.ContentType, type), response.HeadersOrNull);
        Status = status;
        switch (response.BodyKind)
        {
            case ResponseBodyKind.Text:
                WriteText(head, response.TextBody!);
                break;
            case ResponseBodyKind.Bytes:
                WriteWhole(head, response.BytesBody);
                break;
            default:
                WriteWhole(head, default(ReadOnlySpan<byte>));
                break;
        }

        SetAnswered();
    }

    // What is in memory is answered at once. All else may wait for a disk, so the thread pool does it, and the answer
    // comes back like that of a handler
    private void PlanFile(Response response, int status)
    {
        if (response.FileSource!.TryPlan(Head, status, response.HeadersOrNull) is { } quick)
        {
            SendFile(quick);
            return;
        }

        KeepHead();
        Detach();
        ThreadPool.UnsafeQueueUserWorkItem(static state =>
        {
            (ServedExchange exchange, Response response, int status) = state;
            try { exchange.Keep(new KeptReply(KeptKind.File, response.FileSource!.Plan(exchange.Head, status, response.HeadersOrNull))); }
            catch (Exception e) { exchange.Fault(e); }
        }, (this, response, status), preferLocal: false);
    }

    private void SendFile(FileAnswer answer)
    {
        bool fallsThrough = _fallsThrough;
        _fallsThrough = false;
        if (fallsThrough && answer.Status == 404)
        {
            answer.Dispose();
            FallThrough();
            return;
        }

        if (fallsThrough && _enclosed > 0)
        {
            // It is there, so it is the response; what stands around it may change its headers before it is opened again
            answer.Dispose();
            Leave(Around.EnclosedFile!, isOwn: false);
            return;
        }

        try
        {
            Span<byte> type = stackalloc byte[128];
            ResponseHead head = HeadOf(answer.Status, ContentTypes.Encode(answer.ContentType, type), answer.Own, answer.Fields);
            Status = answer.Status;
            WriteHead(head, answer.SaysLength ? BodyLength.Of(answer.Length, answer.Status) : BodyLength.Unsaid);

            if (answer.File is not null && !head.OmitsBody)
            {
                FileAnswer sent = answer;
                answer = null!;                                         // the sender's from here on
                StartSender(new FileSender(this, sent));
                return;
            }

            if (!head.OmitsBody) WritePiece(answer.Content);
            SetAnswered();
        }
        finally
        {
            answer?.Dispose();
        }
    }

    private ResponseHead HeadOf(int status, ReadOnlySpan<byte> contentType, Headers? fields = null, string? extra = null)
    {
        return new ResponseHead
        {
            Status = status,
            ContentType = contentType,
            OmitsBody = Head.Method is HttpMethod.Head || ResponseHead.HasNoBody(status),
            RouteFields = FieldsOfHead(status, fields),
            Fields = fields,
            Extra = extra,
            Cookies = _request?.CookiesToSet,
        };
    }

    /// <summary>The head of a body in pieces.</summary>
    public void WriteHead(int status, string? contentType, Headers? fields, BodyLength length, string? extra)
    {
        Span<byte> type = stackalloc byte[128];
        Status = status;
        WriteHead(HeadOf(status, ContentTypes.Encode(contentType, type), fields, extra), length);
    }

    /// <summary>Header lines for a 101 that the handler set through the request, or null.</summary>
    public Headers? UpgradeFields => _request?.UpgradeFields;

    /// <summary>Trailers that the handler set through the request, or null.</summary>
    public Headers? TrailersToSend => _request?.TrailersToSend;

    // A response that is no route's own has the fields of the class whose prefix the path has, and no others
    private ReadOnlySpan<byte> FieldsOfHead(int status, Headers? fields) =>
        _speaker is Speaker.Refusal ? FieldsOfRefusal(status, fields) : FieldsOf(_speaker);

    private ReadOnlySpan<byte> FieldsOf(Speaker speaker) =>
        speaker is Speaker.Nobody ? Table.ClassFieldsOf(Head.Path)
        : (Traits & RouteTraits.HasFields) != 0 ? Table.FieldsOf(Route)
        : default;
}
