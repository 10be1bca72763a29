using System.Text;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

// Providers and guards: what they refuse, and what lives as long as the request.
internal abstract partial class ServedExchange
{
    // Set together with _mustNotReturn, so that a request without any of it does not look
    private OwnedValues? _owned;

    /// <summary>Who else uses what was provided, until it has let go: the producer of a body.</summary>
    public OwnedValues? HoldOwned()
    {
        _owned?.Hold();
        return _owned;
    }

    // RFC 9110 section 11.6.1: a 401 must have it, whoever writes its body
    public sealed override void ReplyUnauthorized(string challenge) =>
        Refuse(new HttpException(401, "This route needs credentials.")
        {
            Headers = { ["WWW-Authenticate"] = challenge },
        });

    public sealed override void ReplyForbidden() => Refuse(403, "This is not for you.");

    public sealed override void Own(object? value)
    {
        if (value is null) return;

        _mustNotReturn = true;
        (_owned ??= new OwnedValues(Worker.Settings)).Add(value);
    }

    /// <summary>
    /// The body is announced as too long, and whoever is in front of the handler may refuse the request before that counts.
    /// </summary>
    public void RefuseBehindGates()
    {
        // It passes through user code from here on
        _mustNotReturn = true;
        HttpException refusal = ShapesBodyFaults ? ReceivedBody.TooLong() : new HttpException(413);
        _body!.Announced = refusal;
        _body.Fail(refusal);
    }

    public sealed override bool RefusesBody()
    {
        if (_body?.Announced is not { } refusal) return false;

        Fault(refusal);
        return true;
    }

    public sealed override bool RefusesBody(RouteTable part)
    {
        if (!part.Encloses) return RefusesBody();
        if (_body?.Announced is not { } refusal) return false;

        Around.Unrouted = refusal;
        part.Run(this, RouteTable.NoRoute);
        return true;
    }

    /// <summary>
    /// Another route is tried, after one has declined: true when its body is too long for that, and this has been replied.
    /// </summary>
    public bool RefusesBodyOf(int route, RouteTraits traits)
    {
        if (_body is not { } body) return false;
        if (body.TakeOwed() is { } owed)
        {
            Fault(owed);
            return true;
        }

        if (body.Announced is not null) return (traits & RouteTraits.Guarded) == 0 && RefusesBody();

        long limit = Dispatcher.LimitOf(Table, route, traits, Head) ?? Worker.Settings.MaxRequestBodySize;
        if ((body.Length ?? body.Bytes.Length) <= limit) return false;

        Fault(ShapesBodyFaults ? ReceivedBody.TooLong() : new HttpException(413));
        return true;
    }

    public sealed override bool HasWholeBody => _body is not { IsComplete: false };

    public sealed override ValueTask<ReadOnlyMemory<byte>> WaitForBody()
    {
        // In this order: from its first read on the body may come back on another thread
        KeepHead();
        Detach();
        return _body!.WhenWhole();
    }

    public sealed override async ValueTask<int> WaitForBody(int route)
    {
        // Nothing will come: providers and guards inside of the step say first whether they refuse
        if (_body!.Announced is not null) return route;

        try
        {
            await WaitForBody().ConfigureAwait(false);
            return route;
        }
        catch (HttpException refusal)
        {
            Around.Unrouted = refusal;
            return RouteTable.NoRoute;
        }
        catch (ClientLeftException)
        {
            Around.UnroutedStatus = 400;
            return RouteTable.NoRoute;
        }
    }

    /// <summary>What refuses a body is more than a status: somebody shapes the response, or sees it.</summary>
    public bool ShapesBodyFaults => (Refuses && Table.ShapesRefusals) || Table.Encloses;

    public sealed override void Fail(Exception error)
    {
        // Nothing that an [Error] method should hear of; but what encloses it waits for a response
        if (error is ClientLeftException && IsOpen) ReplyStatus(400);
        else Fault(error);
    }

    public sealed override bool Ended(bool ran)
    {
        // One that ran may be over: nothing of it is looked at
        if (ran || State is not ExchangeState.Detached) return ran;

        Keep(new KeptReply(KeptKind.Declined, null));
        return true;
    }

    private void ReleaseOwned()
    {
        OwnedValues? owned = _owned;
        _owned = null;
        owned?.Release();
    }
}
