using Microsoft.AspNetCore.Authorization;
using Samples.Conduit;
using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Peers.ConduitAspNet;

/// <summary>
/// Finds out who is asking. A route that is not marked as anonymous needs an account; a token that is sent must be good.
/// </summary>
internal sealed class Authentication(RequestDelegate next, Tokens tokens, Database database)
{
    public async Task InvokeAsync(HttpContext context)
    {
        string? header = context.Request.Headers.Authorization;
        if (header is not null)
        {
            string credentials = header[(header.IndexOf(' ') + 1)..].Trim();
            Account account = await tokens.ReadAsync(credentials) is { } id && await database.Users.FindAsync(id) is { } found
                ? found
                : throw Refusal.BadToken();
            context.Features.Set(account);
        }
        else if (context.GetEndpoint() is { } endpoint
            && endpoint.Metadata.GetMetadata<ApiRoute>() is not null
            && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            throw Refusal.NoToken();
        }

        await next(context);
    }
}

/// <summary>Marks the routes of the API, apart from health checks.</summary>
internal sealed class ApiRoute;

/// <summary>A parameter of a handler: the account that asks.</summary>
internal readonly record struct Me(Account Account)
{
    public static ValueTask<Me> BindAsync(HttpContext context) => new(new Me(context.Features.Get<Account>() ?? throw Refusal.NoToken()));
}

/// <summary>A parameter of a handler: the account that asks, if one does.</summary>
internal readonly record struct Anyone(Account? Account)
{
    public static ValueTask<Anyone> BindAsync(HttpContext context) => new(new Anyone(context.Features.Get<Account>()));
}
