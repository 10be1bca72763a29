// A web site in one binary: every file below public, compressed when it is published, with entity tags, conditions and ranges.
Serve.Run<App>(args);

[StaticDirectory("/", "public")]
[StaticFile("/favicon.ico", "public/icon.svg", ContentType = "image/svg+xml")]
[Redirect("/home", "/", 301)]
partial class App
{
    [Get("/api/time")] string Time() => DateTime.UtcNow.ToString("O");
}
