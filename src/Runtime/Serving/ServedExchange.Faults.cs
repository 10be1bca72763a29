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
    private Exception? _error;              // what the [Error] handler was given

    /// <summary>
    /// Answers an exception: with the <c>[Error]</c> handler of the app if there is one, else with what the framework
    /// says of it. On the thread of the
    /// handler. Never throws.
    /// </summary>
    public void Fault(Exception error)
    {
        Report(error);
        if (!IsOpen) return;                    // a reply had been given

        _mustNotReturn = true;
        if (!TakeBackOrCut()) return;

        if (_stage is ErrorStage.None && Table.HasErrorHandler && !IsDeparture(error))
        {
            _stage = ErrorStage.Handler;
            _error = error;
            KeepHead();
            try
            {
                Table.RunError(this, error);
                return;
            }
            catch (Exception second)
            {
                Report(second);
                error = second;
                if (!IsOpen || !TakeBackOrCut()) return;
            }
        }

        ReplyFault(error);
    }

    /// <summary>
    /// What binding refuses: to the <c>[Error]</c> handler as an exception that nobody throws, else a problem.
    /// </summary>
    private void Refuse(int status, string detail, params ReadOnlySpan<FieldError> errors)
    {
        if (Table.HasErrorHandler && _stage is ErrorStage.None) Fault(new HttpException(status, detail) { Errors = [.. errors] });
        else Reply(Response.Problem(status, detail, errors));
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
        if (IsDeparture(error))
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
        if (error is HttpException http)
        {
            if (http is { Detail: null, Errors.Count: 0 }) SendStatus(http.Status);
            else SendResponse(Response.Problem(http.Status, http.Detail, [.. http.Errors]));
            return;
        }

        Worker.Settings.Unanswered?.Invoke(error, RemoteEndPoint);
        if (!Worker.Settings.Development) SendStatus(500);
        // The switch first: where it is off, the page is not in the binary
        else if (BuildConfiguration.IsDebug) SendResponse(ErrorPage.Answer(FailureOf(error)));
        else SendText(error.ToString());
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
        Worker.Settings.Report(error, Describe());
    }

    private Failure FailureOf(Exception error)
    {
        var fields = new List<(string, string)>(Head.FieldCount);
        foreach (ref readonly FieldLine line in Head.Fields.AsSpan(0, Head.FieldCount))
            fields.Add((Encoding.Latin1.GetString(Head[line.Name]), Encoding.Latin1.GetString(Head[line.Value])));

        return new Failure(error, Encoding.Latin1.GetString(Head[Head.MethodName]), Encoding.Latin1.GetString(Head[Head.Target]), fields, Table, Route);
    }
}
