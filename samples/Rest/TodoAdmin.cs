namespace Samples.Rest;

/// <summary>What only the owner may. A route that is not behind a guard does not compile.</summary>
[Routes(Guarded = true)]
internal sealed partial class TodoAdmin(TodoStore store)
{
    // DELETE /admin/todos: 401 without a key, 403 with another one
    [Delete("/todos"), Guard(nameof(IsOwner))]
    void Clear() => store.Clear();

    static bool IsOwner(Keyholder holder) => holder.Key == "owner";
}
