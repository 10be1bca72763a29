#:package Prebake@0.1.0

Serve.Run<App>(args);

[StaticDirectory("/", "public")]                                // files in the binary, compressed, with entity tags and ranges
partial class App
{
    [Static("/health")] const string Health = "All good!";      // finished bytes, nothing to run

    [Get("/users/{id}")] string User(int id) => $"User {id}";   // a typed handler

    [Fetch] Response Missing(Request request) => new($"Nothing at {request.Path}") { Status = 404 };
}
