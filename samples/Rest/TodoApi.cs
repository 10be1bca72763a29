namespace Samples.Rest;

/// <summary>The routes. What a handler returns is the answer: a value is JSON, null is 404, nothing is 204.</summary>
internal sealed partial class TodoApi
{
    private readonly TodoStore _store;

    // Its routes are below /admin, and get what this class provides
    [Mount("/admin")]
    private readonly TodoAdmin _admin;

    public TodoApi() => _admin = new(_store = new TodoStore());

    // Who a parameter of type Keyholder is: 401 without a key
    [Provide(Challenge = "Key")]
    static Keyholder? Holder([Header("X-Key")] string? key) => key is null ? null : new(key);

    // GET /todos?page=2&size=10&done=true; what is missing has its default, what does not parse is answered 400
    [Get("/todos")]
    TodoPage List(int page = 1, int size = 20, bool? done = null) => _store.List(Math.Max(page, 1), Math.Clamp(size, 1, 100), done);

    [Get("/todos/{id}")]
    Todo? Find(int id) => _store.Find(id);

    [Post("/todos")]
    Response Create(NewTodo todo)
    {
        var created = _store.Add(todo);
        var response = Response.Json(created, status: 201);
        response.Headers["Location"] = $"/todos/{created.Id}";
        return response;
    }

    [Put("/todos/{id}")]
    Todo? Replace(int id, NewTodo todo) => _store.Replace(id, todo);

    [Delete("/todos/{id}")]
    Response Remove(int id) => new() { Status = _store.Remove(id) ? 204 : 404 };
}
