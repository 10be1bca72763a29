using System.Text;
using Prebake.Development;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

// A handler has thrown, or what it returned cannot be written.
internal abstract partial class ServedExchange
{
    private enum ErrorStage : byte
    {
        None,

        /// <summary>The <c>[Error]</c> handler has been called.</summary>
        Handler,

        /// <summary>The framework answers.</summary>
        Framework,
    }

    private ErrorStage _stage;
    private Exception? _error;              // what the [Error] methods are given
    private int _errorsDeclined;            // how many of them have returned null
    private HttpException? _carried;        // whose own headers go with the response
    private Speaker _refused;               // and beside those whose

    /// <summary>
    /// Answers an exception: with the <c>[Error]</c> handler of the app if there is one, else with what the framework
    /// says of it. On the thread of the
    /// handler. Never throws.
    /// </summary>
    public void Fault(Exception error)
    {
        if (_deadline is not DeadlineState.None) error = InTime(error);
        if (_body?.TakeOwed() is { } owed)
        {
            // What the handler has made of it is no news
            if (!IsOf(error, owed)) Report(error);
            error = owed;
        }

        Report(error);
        if (!IsOpen) return;                    // a reply had been given

        _mustNotReturn = true;
        if (!TakeBackOrCut()) return;

        if (_stage is ErrorStage.None && Table.HasErrorHandler && !IsDeparture(error))
        {
            _stage = ErrorStage.Handler;
            _error = error;
            KeepHead();
            CarryFields(error);
            AskErrorHandler();
            return;
        }

        CarryFields(error);
        ReplyFault(error);
    }

    private static bool IsOf(Exception? error, Exception cause)
    {
        while (error is not null && error != cause) error = error.InnerException;
        return error is not null;
    }

    // The nearest [Error] method that takes it and has not declined
    private void AskErrorHandler()
    {
        Exception error = _error!;
        try
        {
            int declined = _errorsDeclined;
            if (Table.RunError(this, error, ref declined)) return;
        }
        catch (Exception second)
        {
            if (_deadline is not DeadlineState.None) second = InTime(second);
            Report(second);
            error = second;
            if (!IsOpen || !TakeBackOrCut()) return;
            CarryFields(second);
        }

        ReplyFault(error);
    }

    // It has returned null: the next class above is asked
    private void ErrorHandlerDeclined()
    {
        _errorsDeclined++;
        AskErrorHandler();
    }

    /// <summary>
    /// What binding refuses: to the <c>[Error]</c> handler as an exception that nobody throws, else a problem.
    /// </summary>
    private void Refuse(int status, string detail, params ReadOnlySpan<FieldError> errors)
    {
        if (Refuses) Fault(new HttpException(status, detail) { Errors = [.. errors] });
        else Reply(Response.Problem(status, detail, errors.ToArray()));
    }

    /// <summary>The same with all that it says.</summary>
    public override void Refuse(HttpException refusal)
    {
        if (Refuses)
        {
            Fault(refusal);
            return;
        }

        Response problem = Response.Problem(refusal);
        foreach ((string name, string value) in refusal.Headers) problem.Headers.Append(name, value);
        Reply(problem);
    }

    /// <summary>A refusal that is no more than its status, unless an <c>[Error]</c> method makes more of it.</summary>
    public void Refuse(int status)
    {
        if (Refuses && Table.ShapesRefusals) Fault(new HttpException(status));
        else ReplyStatus(status);
    }

    /// <summary>405: the path is right, and the method is not.</summary>
    public void RefuseMethod(MethodSet methods)
    {
        if (Refuses && Table.ShapesRefusals) Fault(new HttpException(405) { Headers = { ["Allow"] = Encoding.ASCII.GetString(Table.AllowOf(methods)) } });
        else ReplyAllow(405, methods);
    }

    // Somebody may want to make the response to a refusal
    private bool Refuses => Table.HasErrorHandler && _stage is ErrorStage.None;

    // The headers of a refusal go with its response, whoever makes that
    private void CarryFields(Exception error)
    {
        if (_speaker is Speaker.Refusal) _speaker = _refused;
        if (error is not HttpException { HeadersOrNull: not null } refusal) return;

        _carried = refusal;
        _refused = _speaker;
        _speaker = Speaker.Refusal;
    }

    private byte[] FieldsOfRefusal(int status, Headers? fields)
    {
        HttpException refusal = _carried!;
        ReadOnlySpan<byte> before = FieldsOf(_refused);
        if (status != refusal.Status) return before.ToArray();

        var lines = new StringBuilder(Encoding.Latin1.GetString(before));
        foreach ((string name, string value) in refusal.HeadersOrNull!)
            if (fields?.Contains(name) != true) lines.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(lines.ToString());
    }

    // A reply is still to be given
    private bool IsOpen => State is ExchangeState.Running or ExchangeState.Detached;

    // The client has left and the handler has noticed: nobody is there to read a response, and nothing has gone wrong
    private bool IsDeparture(Exception error) => _peerHasLeft && error is OperationCanceledException;

    private void ReplyFault(Exception error)
    {
        _stage = ErrorStage.Framework;
        if (State is ExchangeState.Detached)
        {
            Keep(new KeptReply(KeptKind.Fault, error));
            return;
        }

        SendFault(error);
    }

    // What the framework says. If even that cannot be written, because of what the user has put beside it, then a bare
    // status
    private void SendFault(Exception error)
    {
        if (IsDeparture(error) && _enclosed == 0)
        {
            Cut();
            SetAnswered();
            return;
        }

        try
        {
            SendDescription(error);
        }
        catch (Exception second)
        {
            Report(second);
            if (!IsOpen || !TakeBackOrCut()) return;

            Status = 500;
            WriteWhole(new ResponseHead { Status = 500, OmitsBody = Head.Method is HttpMethod.Head }, default(ReadOnlySpan<byte>));
            SetAnswered();
        }
    }

    private void SendDescription(Exception error)
    {
        if (error is HttpException { Detail: null, Errors.Count: 0 } http) SendStatus(http.Status);
        else SendResponse(DescriptionOf(error));
    }

    private Response DescriptionOf(Exception error)
    {
        if (error is HttpException http)
            return http is { Detail: null, Errors.Count: 0 } ? Response.Empty(http.Status) : Response.Problem(http);

        Worker.Settings.Unanswered?.Invoke(error, RemoteEndPoint);
        if (!Worker.Settings.Development) return Response.Empty(500);

        // The switch first: where it is off, the page is not in the binary
        return BuildConfiguration.IsDebug ? ErrorPage.Answer(FailureOf(error)) : Response.Text(error.ToString(), 500);
    }

    // A part of a response may be in the output already. What has left cannot be called back: then the client must see
    // that it is cut.
    private bool TakeBackOrCut()
    {
        if (State is ExchangeState.Detached || TryTakeBack()) return true;

        Cut();
        SetAnswered();
        return false;
    }

    // Always, whoever answers it
    private void Report(Exception error)
    {
        if (error is HttpException or ClientLeftException || IsDeparture(error)) return;

        _unexpected = error;
        Worker.Settings.Report(error, Describe(), Request.Id);
    }

    private Failure FailureOf(Exception error)
    {
        var fields = new List<(string, string)>(Head.FieldCount);
        foreach (ref readonly FieldLine line in Head.Fields.AsSpan(0, Head.FieldCount))
            fields.Add((Encoding.Latin1.GetString(Head[line.Name]), Encoding.Latin1.GetString(Head[line.Value])));

        return new Failure(error, Encoding.Latin1.GetString(Head[Head.MethodName]), Encoding.Latin1.GetString(Head[Head.Target]), fields, Table, Route);
    }
}
