namespace Samples.Rest;

/// <summary>All todos. Handlers run on one loop per processor, hence the lock.</summary>
internal sealed class TodoStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Todo> _todos = [];
    private int _lastId;

    public TodoPage List(int page, int size, bool? done)
    {
        lock (_lock)
        {
            Todo[] wanted = [.. _todos.Values.Where(todo => done is null || todo.Done == done)];

            // As long: page 2,147,483,647 is a page like any other, and empty
            var skip = Math.Min((page - 1L) * size, wanted.Length);
            return new([.. wanted.Skip((int)skip).Take(size)], page, size, wanted.Length);
        }
    }

    public Todo? Find(int id)
    {
        lock (_lock) return _todos.GetValueOrDefault(id);
    }

    public Todo Add(NewTodo todo)
    {
        lock (_lock)
        {
            var added = new Todo(++_lastId, todo.Title, todo.Done);
            _todos.Add(added.Id, added);
            return added;
        }
    }

    public Todo? Replace(int id, NewTodo todo)
    {
        lock (_lock) return _todos.ContainsKey(id) ? _todos[id] = new(id, todo.Title, todo.Done) : null;
    }

    public void Clear()
    {
        lock (_lock) _todos.Clear();
    }

    public bool Remove(int id)
    {
        lock (_lock) return _todos.Remove(id);
    }
}
