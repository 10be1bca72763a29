namespace Prebake.Generators.Tests;

public class SmokeTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Everything_at_once_compiles(bool debug)
    {
        Generated generated = Harness.Generate("""
            using System.Text.Json.Serialization;
            namespace Shop.Web;

            public enum Color { Red, Green }
            public sealed record Todo(int Id, string Title);

            [JsonSerializable(typeof(Todo))] [JsonSerializable(typeof(List<Todo>))]
            partial class AppJson : JsonSerializerContext;

            [Redirect("/old", "/health", 301)]
            partial class App(string name)
            {
                [Static("/")] const string Home = "Hello World";
                [Static("/health"), Header("X-A", "b"), CacheControl("no-store")] static string Health => "All " + "good!";
                [Static("/u8.json")] static ReadOnlySpan<byte> U => "{}"u8;
                [Static("/time")] static string Time() => DateTime.UtcNow.ToString("O");
                [Static("/todo")] async Task<Todo> OneTodo() { await Task.Yield(); return new(1, name); }
                [Get("/users/{id}")] string User(int id, string? q, Color color = Color.Green, int page = 1) => name + id;
                [Get("/users/{id}")] string UserByGuid(Guid id) => name + id;
                [Get("/users/{id}.json")] Todo? UserJson(long id) => null;
                [Get("/range/{from}-{to}")] string Range(DateOnly from, DateOnly to) => "";
                [Get("/c/{color}")] string ByColor(Color color) => color.ToString();
                [Get("/files/{*rest}"), MaxBody(10), IdleTimeout(2.5)] private ReadOnlySpan<byte> Files(ReadOnlySpan<char> rest) => "x"u8;
                [Post("/todos")] async ValueTask<Todo> Add(Todo todo, CancellationToken aborted) { await Task.Yield(); return todo; }
                [Put("/todos/{id}")] void Replace(int id, Todo? todo) { }
                [Patch("/todos/{id}")] Task Change(int id, [Body] string text) => Task.CompletedTask;
                [Delete("/todos/{id}"), Blocking] static bool? Remove(string id) => null;
                [Route("/cache/{key}", "PURGE", "DELETE")] Task<string?> Purge(TimeSpan key, [Header("X-Token")] string token, [Query("n")] int? count) => Task.FromResult<string?>(null);
                [Fetch] Response Rest(Request request, Server server) => new();
                [Error] Response? OnError(Exception error) => null;
            }

            [JsonSerializable(typeof(bool))] partial class BoolJson : JsonSerializerContext;
            """, debug);
        output.WriteLine(generated.Source);
        foreach (var d in generated.Diagnostics) output.WriteLine(d.ToString());
        // The abstract members of the contexts are the other generator's work
        var errors = generated.CompilerDiagnostics.Where(d => d.Id is not ("CS0534" or "CS7036" or "CS0117")).ToArray();
        Assert.True(errors.Length == 0, string.Join("\n", (object[])errors));
        Assert.Empty(generated.Diagnostics);
    }
}
