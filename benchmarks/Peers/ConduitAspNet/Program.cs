// samples/Conduit as an ASP.NET Core minimal API: the same routes, answers, data layer, tokens and settings.
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Npgsql;
using Peers.ConduitAspNet;
using Samples.Conduit;
using Samples.Conduit.Model;
using Samples.Conduit.Store;

var settings = Settings.FromEnvironment();
await using var database = await Database.OpenAsync(settings.Database);

var builder = WebApplication.CreateSlimBuilder(args);

// Logging is not what is compared: without this each request would format lines that nobody reads
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["port"] ?? "0"}");

builder.Services.AddSingleton(settings);
builder.Services.AddSingleton(database);
builder.Services.AddSingleton(new Tokens(settings.TokenKey));
builder.Services.AddSingleton(new Passwords(settings.PasswordRounds));
builder.Services.ConfigureHttpJsonOptions(options =>
    options.SerializerOptions.TypeInfoResolverChain.Insert(0, ConduitJson.Default));
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
builder.Services.AddValidation();
builder.Services.AddSingleton<IProblemDetailsWriter, ErrorWriter>();
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<ExceptionStatus>();
builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: ["ready"]);
builder.Services.AddCors(options => options.AddDefaultPolicy(policy =>
    policy.WithOrigins(settings.Origins).AllowAnyHeader().AllowAnyMethod()));
builder.Services.AddRateLimiter(options =>
{
    options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
    options.OnRejected = (rejected, _) =>
    {
        if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after))
            rejected.HttpContext.Response.Headers.RetryAfter = ((int)after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return ValueTask.CompletedTask;
    };
    options.AddPolicy(UserRoutes.LoginLimit, context => RateLimitPartition.GetTokenBucketLimiter(
        context.Connection.RemoteIpAddress,
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = settings.LoginsPerMinute,
            TokensPerPeriod = settings.LoginsPerMinute,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        }));
});

var app = builder.Build();
app.Use(RequestId.AddAsync);
app.UseCors();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseRouting();
app.UseRateLimiter();
app.UseMiddleware<Authentication>();

app.MapHealthChecks("/healthz", new() { Predicate = _ => false });
app.MapHealthChecks("/readyz", new() { Predicate = check => check.Tags.Contains("ready") });

var api = app.MapGroup("/api");
api.MapUsers();
api.MapProfiles();
api.MapArticles();
api.MapComments();
api.MapGet("/tags", async (Database database) => new TagsBody(await database.Articles.TagsAsync())).AllowAnonymous();

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Listening on {app.Urls.First()}/"));
app.Run();
