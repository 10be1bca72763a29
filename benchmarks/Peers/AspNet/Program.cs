// The routes of benchmarks/Load/Servers/Prebake, as an ASP.NET Core minimal API.
using System.Text.Json.Serialization;

var builder = WebApplication.CreateSlimBuilder();

// Logging is not what is compared: without this each request would format lines that nobody reads
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{(args.Length > 0 ? args[0] : "0")}");
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, AppJson.Default));

var app = builder.Build();

app.MapGet("/", () => "Hello, World!");
app.MapGet("/users/{id}", (string id) => id);
app.MapGet("/json", () => new Message("Hello, World!"));
app.MapPost("/echo", async (HttpRequest request, HttpResponse response) =>
{
    var body = new byte[(int)request.ContentLength!.Value];
    await request.Body.ReadExactlyAsync(body);
    response.ContentLength = body.Length;
    await response.Body.WriteAsync(body);
});
app.MapFallback(() => "Bun!");

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(app.Urls.First() + "/"));
app.Run();

internal sealed record Message([property: JsonPropertyName("message")] string Text);

[JsonSerializable(typeof(Message))]
internal sealed partial class AppJson : JsonSerializerContext;
