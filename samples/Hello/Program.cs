// The smallest server that shows both kinds of route: one finished at build time, one that calls a method.
Serve.Run<App>(args);

partial class App
{
    [Static("/")] const string Home = "Hello, World!";

    [Get("/hello/{name}")] string Hello(string name) => $"Hello, {name}!";
}
